import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isExactNumber, mayLoseDigits, parseExact, stringifyExact } from '../../src/json/exact-numbers.js';
import { hostileText, jsonNumber, jsonText } from '../support/json-texts.js';

describe('JSON that is read and written exactly', () => {
  it('is the same text again, whatever numbers and texts are in it', () => {
    fc.assert(
      fc.property(jsonText, (json) => {
        expect(stringifyExact(parseExact(json))).toBe(json);
      }),
      { numRuns: 5000 },
    );
  });

  it('is JSON beside any text, and holds that text', () => {
    fc.assert(
      fc.property(jsonNumber, hostileText, hostileText, (number, text, name) => {
        const value = { [name]: text, texts: [text], number: parseExact(number) };
        const written = stringifyExact(value);
        expect(JSON.parse(written)).toEqual({ [name]: text, texts: [text], number: Number(number) });
        expect(written.endsWith(`"number":${number}}`)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['a NUL before digits', '\u00001'],
    ['a NUL before a letter', '\u0000x'],
    ['what an exact number looks like to JSON.stringify', '{"value":"1","isLosslessNumber":true}'],
  ])('keeps %s as the text that it is', (_what, text) => {
    const exact = parseExact('[12345678901234567890]');
    expect(stringifyExact([text, exact])).toBe(`[${JSON.stringify(text)},[12345678901234567890]]`);
    expect(stringifyExact([text])).toBe(JSON.stringify([text]));
  });

  it("keeps an object of the vendor's that looks like an exact number", () => {
    const json = '{"value":"12345678901234567890","isLosslessNumber":true}';
    expect(stringifyExact(parseExact(json))).toBe(json);
    expect(stringifyExact([parseExact(json), parseExact('-0')])).toBe(`[${json},-0]`);
  });

  it('is what JSON.stringify writes, where there is no exact number', () => {
    const looksExact = { value: '1', isLosslessNumber: true };
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withNullPrototype: true, withObjectString: true }),
        (value) => {
          expect(stringifyExact([looksExact, value])).toBe(JSON.stringify([looksExact, value]));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('leaves out what JSON.stringify leaves out', () => {
    const value = { a: undefined, b: parseExact('1.50'), c: [undefined, () => 1], d: new Date(0) };
    expect(stringifyExact(value)).toBe('{"b":1.50,"c":[null,null],"d":"1970-01-01T00:00:00.000Z"}');
  });
});

describe('A number that JavaScript would write otherwise', () => {
  it('is found wherever it stands', () => {
    const place = fc.constantFrom<(number: string) => string>(
      (number) => number,
      (number) => `[${number}]`,
      (number) => `{"a":${number}}`,
      (number) => `{"a": ${number} , "b":1}`,
      (number) => `[1,\n${number}]`,
    );
    fc.assert(
      fc.property(jsonNumber, place, (number, putIn) => {
        if (String(Number(number)) !== number)
          expect([number, mayLoseDigits(putIn(number))]).toEqual([number, true]);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(['1.50', '1.0', '0.10', '-0', '-0.0', '0.0000001', '1e3', '1E+5', '9007199254740993', '1e999'])(
    '%s is kept as its digits',
    (digits) => {
      const value = parseExact(digits);
      expect([isExactNumber(value), String(value)]).toEqual([true, digits]);
    },
  );

  it.each(['0', '-1', '1.5', '-0.5', '100', '9007199254740992', '0.000001', '100.05'])(
    '%s is not one, and stays a number',
    (digits) => {
      expect([mayLoseDigits(digits) && digits.length < 16, parseExact(digits)]).toEqual([
        false,
        Number(digits),
      ]);
    },
  );
});
