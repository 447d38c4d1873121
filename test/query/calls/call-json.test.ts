// The writer of calls from PostgreSQL's records, beside parsing them and writing the objects.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import 'reflect-metadata';
import { parseExact, stringifyExact } from '../../../src/json/exact-numbers.js';
import { isoOf } from '../../../src/persistence/sql/value-parsers.js';
import { CALL_FIELDS, type CallField } from '../../../src/query/calls/call-fields.js';
import { callJson, jsonMember } from '../../../src/query/calls/call-json.js';
import { Utf8Text } from '../../../src/json/utf8-text.js';
import type { RecordText } from '../../../src/persistence/sql/record-text.js';
import { recordOf } from '../../support/records-of-rows.js';
import {
  callReader,
  type CallTexts,
  kindOf,
  mask,
  showsNumbers,
} from '../../../src/query/calls/call-texts.js';
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

const reader = callReader();

function read(call: CallTexts): RecordText {
  reader.read(recordOf(call));
  return reader;
}

const writeAll = callJson(CALL_FIELDS.map(jsonMember));

function written(call: RecordText, write = writeAll): string {
  const out = new Utf8Text(1);
  write(call, out);
  return out.toString();
}

describe("A call that is written from PostgreSQL's record", () => {
  it('is what its object is as JSON, whatever was read before', () => {
    fc.assert(
      fc.property(CALLS, (call) => {
        expect(written(read(call))).toBe(stringifyExact(objectOf(call)));
      }),
    );
  });

  it('has the fields of JSON in the order in which PostgreSQL has them', () => {
    const call = CALL_FIELDS.map((field) =>
      field === 'extra' ? '{"a": 1, "10": [1, {"b c": " , : "}]}' : null,
    );
    expect(written(read(call), callJson([jsonMember('extra')]))).toBe(
      '{"extra":{"a":1,"10":[1,{"b c":" , : "}]}}',
    );
  });

  it('is masked as its object is', () => {
    fc.assert(
      fc.property(CALLS, (call) => {
        const masked = read(call);
        mask(masked);
        expect(written(masked)).toBe(stringifyExact(maskEntry(objectOf(call))));
      }),
    );
  });

  it('shows numbers if its object has some to mask, or a field for numbers that is not empty', () => {
    const shows = showsNumbers(CALL_FIELDS);
    const given = (call: Record<string, unknown>) =>
      ['caller', 'realCaller', 'callee'].some((field) => (call[field] ?? '') !== '');
    // An empty number is masked like any other, so that nobody sees that it is empty. But it shows no number.
    const withoutEmpty = (call: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(call).filter(([, value]) => value !== ''));
    fc.assert(
      fc.property(CALLS, (call) => {
        const object = objectOf(call);
        expect(shows(read(call))).toBe(given(object) || countMasked(withoutEmpty(object)) > 0);
      }),
      { examples: [[CALL_FIELDS.map((field) => (field === 'callee' ? '' : null))]] },
    );
  });

  it('has only the fields that were asked for, in their order', () => {
    const call = CALL_FIELDS.map((field) => (field === 'callId' ? 'a' : field === 'duration' ? '5' : null));
    const names: CallField[] = ['callId', 'duration', 'callee'];
    expect(written(read(call), callJson(names.map(jsonMember)))).toBe(
      '{"callId":"a","duration":5,"callee":null}',
    );
    const withCallee = CALL_FIELDS.map((field) => (field === 'callee' ? '13900000014' : null));
    expect(showsNumbers(['callId', 'duration'])(read(withCallee))).toBe(false);
    expect(showsNumbers(['callId', 'callee'])(read(withCallee))).toBe(true);
  });
});
