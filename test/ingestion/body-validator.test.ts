import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { validateBody } from '../../src/ingestion/reading/body-validator.js';
import { readBody } from '../../src/ingestion/reading/body-reader.js';

/** What a reading says: nothing, or what is wrong. */
function verdict(read: (body: Buffer) => unknown, body: Buffer): string {
  try {
    read(body);
    return 'holds records';
  } catch (error) {
    return String(error);
  }
}

function sameFor(body: Buffer): void {
  expect(verdict(validateBody, body)).toBe(verdict(readBody, body));
}

describe('The short look at a body judges as the reader does', () => {
  it('JSON of every kind', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        sameFor(Buffer.from(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('JSON with bytes changed, left out or put in', () => {
    const blow = fc.record({ at: fc.nat(), byte: fc.nat(255), drop: fc.nat(2) });
    fc.assert(
      fc.property(fc.json({ stringUnit: 'grapheme' }), blow, (text, { at, byte, drop }) => {
        const body = Buffer.from(`[${text}]`);
        const place = at % body.length;
        sameFor(Buffer.concat([body.subarray(0, place), Buffer.of(byte), body.subarray(place + drop)]));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['no bytes', ''],
    ['blanks', ' \n'],
    ['a byte order mark', '\ufeff[{"callId":"a"}]'],
    ['white space that is none in JSON', '[\u00a01]'],
    ['white space of Latin-1 that is none in JSON', '[\u0085 1]'],
    ['a text', '"a"'],
    ['null', 'null'],
    ['50,000 records', `[${'0,'.repeat(49_999)}0]`],
    ['more than 50,000 records', `[${'0,'.repeat(50_000)}0]`],
    ['a control character in a text', '["\u0001"]'],
    ['half of a pair, escaped', '["\\ud800"]'],
  ])('%s', (_name, text) => {
    sameFor(Buffer.from(text));
  });

  it.each([
    ['bytes that are no UTF-8', [0x5b, 0x22, 0xff, 0x22, 0x5d]],
    ['a character cut in two', [0x5b, 0x22, 0xe7, 0x94, 0x22, 0x5d]],
    ['an overlong form', [0x5b, 0x22, 0xc0, 0xaf, 0x22, 0x5d]],
    ['an encoded surrogate', [0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d]],
  ])('%s', (_name, bytes) => {
    sameFor(Buffer.from(bytes));
  });
});
