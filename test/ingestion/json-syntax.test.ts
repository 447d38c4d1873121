import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonEndsAt } from '../../src/ingestion/reading/json-syntax.js';

const LONGEST_TOKEN = '\\u0000'.length;

describe('Where JSON ends', () => {
  it('is the end of every JSON text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom('', ' ', '\r\n\t'), (json, space) => {
        const text = `${space}${json}${space}`;
        expect(jsonEndsAt(text)).toBe(text.length);
      }),
    );
  });

  it('is the character, or the token, that can stand nowhere', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(), (json, number) => {
        const place = number % (json.length + 1);
        const end = jsonEndsAt(`${json.slice(0, place)}\u0001${json.slice(place)}`);
        expect(end).toBeLessThanOrEqual(place);
        expect(place - end).toBeLessThan(LONGEST_TOKEN);
      }),
    );
  });

  it.each([
    ['nothing', '', 0],
    ['an object that is not closed', '[{"a":1', 7],
    ['a text that is not closed', '["a', 3],
    ['a key without its value', '{"a":', 5],
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
  ])('is found for %s', (_name, text, end) => {
    expect(jsonEndsAt(text)).toBe(end);
  });

  it('is found at any depth', () => {
    const text = '[{"a":'.repeat(1_000_000);
    expect(jsonEndsAt(text)).toBe(text.length);
    expect(jsonEndsAt(`${text}}`)).toBe(text.length);
  });
});
