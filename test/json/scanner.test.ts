// The scanner reads what `JSON.parse` reads; and of any text it leaves nothing out.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  END,
  JsonScanner,
  memberTexts,
  Quotes,
  type Slice,
  slicesOf,
  STRING,
  unescaped,
} from '../../src/json/scanner.js';
import { hostileText, mutatedJson, parsed } from '../support/json-texts.js';

const RUNS = { numRuns: 3000 };

interface Token extends Slice {
  readonly kind: number;
  readonly content: string;
}

function tokensOf(text: string): Token[] {
  const scanner = new JsonScanner(text);
  const tokens: Token[] = [];
  for (let kind = scanner.next(); kind !== END; kind = scanner.next()) {
    const { start, end, contentEnd } = scanner;
    tokens.push({ kind, start, end, content: kind === STRING ? text.slice(start + 1, contentEnd) : '' });
  }
  return tokens;
}

/** The same JSON, with each string written anew from what the scanner reads. */
function writtenAnew(text: string): string {
  const parts = tokensOf(text).map(({ kind, start, end, content }) =>
    kind === STRING ? JSON.stringify(unescaped(content)) : text.slice(start, end),
  );
  return parts.join('');
}

const anyText = fc.oneof(mutatedJson, hostileText);

describe('The tokens', () => {
  it('of JSON are the strings and the structure that JSON.parse reads', () => {
    fc.assert(
      fc.property(mutatedJson, (text) => {
        const json = parsed(text);
        if (json !== undefined) expect(parsed(writtenAnew(text))).toEqual(json);
      }),
      RUNS,
    );
  });

  it('of any text stand one behind the other, with nothing but blanks around them', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = tokensOf(text);
        const between = [...tokens.map(({ start }) => start), text.length].map((start, index) =>
          text.slice(tokens[index - 1]?.end ?? 0, start),
        );
        expect(between.join('')).toMatch(/^[ \t\r\n]*$/);
        const places = tokens.flatMap(({ start, end }) => [start, end]);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(tokens.filter(({ start, end }) => end <= start)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('of the bytes as Latin-1 are those of the text', () => {
    const wellFormed = anyText.filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(wellFormed, (text) => {
        const bytesBefore = (place: number) => Buffer.byteLength(text.slice(0, place));
        const ofText = tokensOf(text).map(({ kind, start, end }) => [
          kind,
          bytesBefore(start),
          bytesBefore(end),
        ]);
        const ofBytes = tokensOf(Buffer.from(text).toString('latin1'));
        expect(ofBytes.map(({ kind, start, end }) => [kind, start, end])).toEqual(ofText);
      }),
      RUNS,
    );
  });
});

describe('The parts', () => {
  it('of an array or an object are the values that JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.array(mutatedJson), fc.array(fc.tuple(hostileText, mutatedJson)), (texts, members) => {
        const isJson = (text: string) => parsed(text) !== undefined;
        const array = `[${texts.filter(isJson).join(',')}]`;
        const sliced = slicesOf(array).map(({ start, end }) => parsed(array.slice(start, end)));
        expect({ value: sliced.map((part) => part?.value) }).toEqual(parsed(array));

        const written = members.filter(([, text]) => isJson(text));
        const object = `{${written.map(([name, text]) => `${JSON.stringify(name)} : ${text}`).join(',')}}`;
        const found = [...memberTexts(object)].map(([name, text]) => [name, parsed(text)?.value]);
        expect({ value: Object.fromEntries(found) as unknown }).toEqual(parsed(object));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['[]', []],
    [' [ ] ', []],
    ['{}', []],
    [' [ 1 , [2, 3] ,"],[" ]', ['1', '[2, 3]', '"],["']],
    ['{"a" : {"b":[]}, "c":"}"}', ['"a" : {"b":[]}', '"c":"}"']],
  ])('of %s have no blanks around them', (text, parts) => {
    expect(slicesOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(parts);
  });
});

describe('A place', () => {
  it('is in a string if the quotes before it say so', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat()), (text, numbers) => {
        const quotes = new Quotes(text);
        const places = numbers.map((number) => number % (text.length + 1)).sort((a, b) => a - b);
        const looked = places.filter((place) => text[place] !== '"');
        const withoutStrings = (place: number) => text.slice(0, place).replaceAll(/"(?:[^"\\]|\\[^])*"/g, '');
        expect(looked.map((place) => [place, quotes.isInString(place)])).toEqual(
          looked.map((place) => [place, withoutStrings(place).includes('"')]),
        );
      }),
      RUNS,
    );
  });
});
