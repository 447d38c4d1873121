// The writer of calls from PostgreSQL's texts, beside parsing them and writing the objects.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import 'reflect-metadata';
import { parseExact, stringifyExact } from '../../../src/json/exact-numbers.js';
import { isoOf } from '../../../src/persistence/sql/value-parsers.js';
import { CALL_FIELDS, type CallField } from '../../../src/query/calls/call-fields.js';
import { callJson, jsonMember } from '../../../src/query/calls/call-json.js';
import { type CallTexts, kindOf, maskedTexts, showsNumbers } from '../../../src/query/calls/call-texts.js';
import { countMasked, maskEntry } from '../../../src/security/masking/answer-mask.js';

const NUMBERS = fc.constantFrom('13900000014', '+86 139 0000 0014', '05710000000', '1390000', '');
const TEXTS = fc.oneof(
  NUMBERS,
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('call 13900000014 again', '"quoted" \\ \u0001\n', '打给 13900000014', 'ANSWERED', '\u2028'),
);
const JSON_TEXTS = fc
  .oneof(
    fc.dictionary(fc.string(), fc.oneof(TEXTS, fc.integer(), fc.constant(13_900_000_014))),
    fc.array(TEXTS),
  )
  .map((value) => JSON.stringify(value));
const TIMES = fc.constantFrom(
  '2025-06-01 01:59:45+00',
  '2025-06-01 01:59:45.12+00',
  '0001-01-01 00:00:00.001+00',
);
const OF_KIND = {
  id: fc.uuid(),
  time: TIMES,
  text: TEXTS,
  number: fc.nat().map(String),
  boolean: fc.constantFrom('t', 'f'),
  json: fc.oneof(JSON_TEXTS, fc.constant('{"asr": 12.50, "long": 118100000000000001, "n": 13900000014}')),
} as const;
const CALLS: fc.Arbitrary<(string | null)[]> = fc.tuple(
  ...CALL_FIELDS.map((field) => fc.option(OF_KIND[kindOf(field)], { freq: 4 })),
);

/** The call as an object, as it is where it is not written from texts. */
function objectOf(call: CallTexts): Record<string, unknown> {
  const value = (field: CallField, text: string | null | undefined) => {
    if (text === null || text === undefined) return null;
    const kind = kindOf(field);
    if (kind === 'time') return isoOf(text);
    if (kind === 'boolean') return text === 't';
    return kind === 'number' || kind === 'json' ? parseExact(text) : text;
  };
  return Object.fromEntries(CALL_FIELDS.map((field, index) => [field, value(field, call[index])]));
}

describe('A call that is written from texts', () => {
  it('is what its object is as JSON, whatever was written before', () => {
    const write = callJson(CALL_FIELDS.map(jsonMember));
    fc.assert(
      fc.property(CALLS, (call) => {
        expect(write(call)).toBe(stringifyExact(objectOf(call)));
        expect(write(call)).toBe(stringifyExact(objectOf(call)));
      }),
    );
  });

  it('is masked as its object is', () => {
    const write = callJson(CALL_FIELDS.map(jsonMember));
    fc.assert(
      fc.property(CALLS, (call) => {
        expect(write(maskedTexts(call))).toBe(stringifyExact(maskEntry(objectOf(call))));
      }),
    );
  });

  it('shows numbers if its object has some to mask, or a field for numbers that is not empty', () => {
    const shows = showsNumbers(CALL_FIELDS);
    const given = (call: Record<string, unknown>) =>
      ['caller', 'realCaller', 'callee'].some((field) => (call[field] ?? '') !== '');
    fc.assert(
      fc.property(CALLS, (call) => {
        const object = objectOf(call);
        expect(shows(call)).toBe(given(object) || countMasked(object) > 0);
      }),
    );
  });

  it('has only the fields that were asked for, in their order', () => {
    const call = CALL_FIELDS.map((field) => (field === 'callId' ? 'a' : field === 'duration' ? '5' : null));
    const names: CallField[] = ['callId', 'duration', 'callee'];
    expect(callJson(names.map(jsonMember))(call)).toBe('{"callId":"a","duration":5,"callee":null}');
    const withCallee = CALL_FIELDS.map((field) => (field === 'callee' ? '13900000014' : null));
    expect(showsNumbers(['callId', 'duration'])(withCallee)).toBe(false);
    expect(showsNumbers(['callId', 'callee'])(withCallee)).toBe(true);
  });
});
