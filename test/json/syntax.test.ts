import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { syntaxProblemOf } from '../../src/json/syntax.js';
import { mutatedJson, parsed } from '../support/json-texts.js';

const LONGEST_TOKEN = '\\u0000'.length;
const endsTooEarly = (text: string) => ({ at: text.length, reason: 'it ends too early' });

describe('A text', () => {
  it('is JSON if and only if JSON.parse takes it', () => {
    fc.assert(
      fc.property(mutatedJson, (text) => {
        const isJson = parsed(text) !== undefined;
        expect([text, syntaxProblemOf(text) === undefined]).toEqual([text, isJson]);
      }),
      { numRuns: 10_000 },
    );
  });

  it('is JSON with blanks around it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom('', ' ', '\r\n\t'), (json, space) => {
        expect(syntaxProblemOf(`${space}${json}${space}`)).toBeUndefined();
      }),
    );
  });
});

describe('The place where JSON ends', () => {
  it('has nothing before it that is wrong already', () => {
    fc.assert(
      fc.property(mutatedJson, (text) => {
        const { at } = syntaxProblemOf(text) ?? { at: text.length };
        const before = text.slice(0, at);
        expect([undefined, before.length]).toContain(syntaxProblemOf(before)?.at);
      }),
      { numRuns: 5000 },
    );
  });

  it('is the character, or the token, that can stand nowhere', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(), (json, number) => {
        const place = number % (json.length + 1);
        const at = syntaxProblemOf(`${json.slice(0, place)}\u0001${json.slice(place)}`)?.at ?? Infinity;
        expect(at).toBeLessThanOrEqual(place);
        expect(place - at).toBeLessThan(LONGEST_TOKEN);
      }),
    );
  });

  it.each([
    ['a key without quotes', '{a:1}', 1],
    ['a comma before the end of an array', '[1,]', 3],
    ['a comma before the end of an object', '{"a":1,}', 7],
    ['a missing comma', '[1 2]', 3],
    ['a missing colon', '{"a" 1}', 5],
    ['the wrong bracket', '[1}', 2],
    ['a number with a leading zero', '[01]', 2],
    ['a number that is none', '[-]', 1],
    ['an escape that is none', '["\\x"]', 2],
    ['a line break in a text', '["a\n"]', 3],
    ['a second value', '{} []', 3],
    ['a name that is none', '[nul]', 1],
  ])('is found for %s', (_name, text, at) => {
    expect(syntaxProblemOf(text)).toEqual({ at, reason: 'unexpected character' });
  });

  it.each([
    ['nothing', ''],
    ['an object that is not closed', '[{"a":1'],
    ['a text that is not closed', '["a'],
    ['a key without its value', '{"a":'],
  ])('is the end for %s', (_name, text) => {
    expect(syntaxProblemOf(text)).toEqual(endsTooEarly(text));
  });

  it('is found at any depth', () => {
    const text = '[{"a":'.repeat(1_000_000);
    expect(syntaxProblemOf(text)).toEqual(endsTooEarly(text));
    expect(syntaxProblemOf(`${text}}`)).toEqual({ at: text.length, reason: 'unexpected character' });
  });
});
