import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import 'reflect-metadata';
import { readBody } from '../../src/ingestion/reading/body-reader.js';
import { VENDOR_FIELDS } from '../../src/call/call-record.js';
import type { FieldKind } from '../../src/call/field-decorators.js';
import { type ReadCall, RecordReader } from '../../src/ingestion/reading/record-reader.js';
import { ZonedTime } from '../../src/time/zoned-time.js';
import { jsonNumber } from '../support/json-texts.js';
import { DriftNotes } from '../../src/ingestion/reading/drift.js';
import { record } from '../support/records.js';

const reader = new RecordReader(new ZonedTime('Asia/Shanghai'));
const kinds = new Map<string, FieldKind>(VENDOR_FIELDS.map(({ name, kind }) => [name, kind]));

function read(json: string): ReadCall {
  const [element] = readBody(Buffer.from(json)).elements;
  const reading = reader.read(element?.value, () => json, new DriftNotes());
  if ('reason' in reading || reading.message !== 'report') throw new Error(JSON.stringify(reading));
  return reading;
}

function readRecord(changes: Record<string, unknown>): ReadCall {
  return read(JSON.stringify(record('c', changes)));
}

function extraOf(call: ReadCall): Record<string, unknown> {
  return call.extra === null ? {} : (JSON.parse(call.extra) as Record<string, unknown>);
}

/** Whether a column's value says the same as what came, by the rules and written differently from the reader. */
function saysTheSame(kind: string | undefined, stored: unknown, came: unknown): boolean {
  const text = typeof came === 'string' ? came.trim() : String(came);
  if (kind === 'text') return stored === text;
  if (kind === 'integer') return Number(text) === stored;
  if (/^\d{13}$/.test(text)) return Number(text) === stored;
  const withZone = /[Z+]|-\d\d:?(\d\d)?$/.test(text.slice(10)) ? text : `${text.replace(' ', 'T')}+08:00`;
  return Math.floor(Date.parse(withZone)) === stored;
}

const timeText = fc
  .date({ min: new Date('1992-01-01'), max: new Date('9000-01-01'), noInvalidDate: true })
  .chain((date) =>
    fc.constantFrom(
      date.toISOString(),
      date.toISOString().slice(0, 19).replace('T', ' '),
      date.toISOString().slice(0, 19),
      `${date.toISOString().slice(0, 19)}-03:30`,
    ),
  );
const fieldValue = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.string({ unit: 'binary' }),
  fc.maxSafeInteger(),
  fc.integer({ min: -5, max: 100_000 }).map(String),
  fc.integer({ min: 1e12, max: 9_999_999_999_999 }),
  timeText,
  fc.constantFrom(
    '2025-02-30 10:00:00',
    '2025-06-01 24:00:00',
    'abc',
    ' ',
    '1e3',
    '+7',
    '-0',
    true,
    null,
    '',
  ),
);

describe('Whatever JSON value stands in whatever field', () => {
  it('the record stays a call, and the value is stored rightly, or empty, or kept aside and named', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...[...kinds.keys()].filter((name) => name !== 'callId')),
        fieldValue,
        (name, value) => {
          const call = read(JSON.stringify({ callId: 'c', [name]: value }));
          const stored: unknown = Reflect.get(call.record, name);
          const came: unknown = JSON.parse(JSON.stringify(value));
          const named = call.warnings?.some((warning) => warning.field === name) ?? false;
          const isEmpty = came === null || (typeof came === 'string' && came.trim() === '');
          if (isEmpty) {
            expect([stored, named]).toEqual([null, false]);
          } else if (stored === null) {
            expect(named).toBe(true);
            expect(Object.keys(extraOf(call))).toEqual([name]);
          } else {
            expect([came, saysTheSame(kinds.get(name), stored, came)]).toEqual([came, true]);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('no other field of the record changes', () => {
    const untouched = readRecord({});
    fc.assert(
      fc.property(
        fc.constantFrom(...[...kinds.keys()].filter((name) => name !== 'callId')),
        fieldValue,
        (name, value) => {
          const call = readRecord({ [name]: value });
          expect({ ...call.record, [name]: null }).toEqual({ ...untouched.record, [name]: null });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('unknown fields are kept as they came, under any name', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (fields) => {
        const unknown = Object.fromEntries(Object.entries(fields).filter(([name]) => !kinds.has(name)));
        const call = read(JSON.stringify({ ...unknown, callId: 'c' }));
        const kept = call.extra === null ? {} : (JSON.parse(call.extra) as unknown);
        if (call.warnings === null) expect(kept).toEqual(JSON.parse(JSON.stringify(unknown)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('A number of any length', () => {
  it.each(['callId', 'taskId', 'outId', 'callee'])('in %s keeps every digit', (name) => {
    const digits = '1181000000000000000123456789';
    const call = read(`{"callId":"c","${name}":${digits}}`);
    expect(Reflect.get(call.record, name)).toBe(digits);
  });

  it('in an unknown field keeps every digit', () => {
    const numbers = '12345678901234567890,0.12345678901234567890,1.50,100.0,0.0000001';
    expect(read(`{"callId":"c","x":{"n":[${numbers}]}}`).extra).toBe(`{"x":{"n":[${numbers}]}}`);
  });

  it('with an exponent is written out in an unknown field, as jsonb writes it, and loses no digit', () => {
    expect(read('{"callId":"c","n":[1e20,1.50e1,15E-1,-0.05e+1,0e5]}').extra).toBe(
      '{"n":[100000000000000000000,15.0,1.5,-0.5,0]}',
    );
    fc.assert(
      fc.property(jsonNumber, (number) => {
        const kept: unknown = extraOf(read(`{"callId":"c","n":${number}}`))['n'];
        // Too long to be kept as a number, or a negative zero.
        if (typeof kept === 'string') {
          expect(kept).toBe(number);
          return;
        }
        const text = read(`{"callId":"c","n":${number}}`).extra?.slice('{"n":'.length, -1) ?? '';
        expect([text, unscaled(text)]).toEqual([text, unscaled(number)]);
      }),
      { numRuns: 5000 },
    );
  });

  it('that is a negative zero is kept as it came, which jsonb can not, and named', () => {
    for (const zero of ['-0', '-0.0', '-0e3']) {
      const call = read(`{"callId":"c","duration":${zero},"n":${zero},"x":{"a":[1,${zero}]}}`);
      expect(extraOf(call)).toEqual({ n: zero, x: `{"a":[1,${zero}]}` });
      expect(call.record.duration).toBe(0);
      expect(call.warnings).toEqual([
        { field: 'n', reason: 'is a negative zero, kept as JSON text' },
        { field: 'x', reason: 'is a negative zero, kept as JSON text' },
      ]);
    }
  });

  it('in a field for text is the text as it was written', () => {
    for (const number of ['1.50', '1e3', '-0', '0.0000001', '7', '12345678901234567890'])
      expect(read(`{"callId":"c","outId":${number}}`).record.outId).toBe(number);
  });

  it('in a field for a whole number or a time is that number, however it was written', () => {
    for (const duration of ['330', '330.0', '3.3e2', '33000E-2', '" 330 "'])
      expect(read(`{"callId":"c","duration":${duration}}`)).toMatchObject({
        record: { duration: 330 },
        warnings: null,
      });
    for (const startTime of ['1748743185000', '1748743185000.0', '1.748743185e12'])
      expect(read(`{"callId":"c","startTime":${startTime}}`).record.startTime).toBe(1_748_743_185_000);
  });
});

/** A number's digits as one whole number, and how many of them stand behind the point. */
function unscaled(number: string): [digits: bigint, behindPoint: number] {
  const [mantissa = '', exponent = '0'] = number.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const behindPoint = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return behindPoint >= 0 ? [digits, behindPoint] : [digits * 10n ** BigInt(-behindPoint), 0];
}

describe('Beside a number of many digits', () => {
  it.each([
    [
      'too deep',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'is nested deeper than 100 levels, kept as JSON text',
    ],
    [
      'too deep, with such a number in it',
      '['.repeat(40_000) + '12345678901234567890' + ']'.repeat(40_000),
      'is nested too deep to read its long numbers digit by digit, kept as JSON text',
    ],
    [
      'too large, with such a number in it',
      `["${'a'.repeat(200_000)}", 12345678901234567890]`,
      'is too large to read its long numbers digit by digit, kept as JSON text',
    ],
  ])('a field that is %s is kept as its JSON text and named', (_name, json, reason) => {
    const call = read(`{"callId":"c","outId":12345678901234567890,"x":${json}}`);
    expect(call.record.outId).toBe('12345678901234567890');
    expect(extraOf(call)).toEqual({ x: json });
    expect(call.warnings).toEqual([{ field: 'x', reason }]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '\\u0061', ''])(
    'a field named "%s" is kept',
    (name) => {
      const json = `{"callId":"c","n":12345678901234567890,"${name}":{"a":12345678901234567890}}`;
      const key = JSON.parse(`"${name}"`) as string;
      expect(Object.keys(extraOf(read(json))).sort()).toEqual(['n', key].sort());
      expect(read(json).extra).toContain('{"a":12345678901234567890}');
    },
  );

  it('the last of equal fields stands', () => {
    const call = read(
      '{"callId":"c","outId":12345678901234567890,"outId":"text","n":1,"n":12345678901234567890}',
    );
    expect(call.record.outId).toBe('text');
    expect(call.extra).toBe('{"n":12345678901234567890}');
  });
});

describe('Of more than 10,000 unknown fields', () => {
  it('every one is kept, those beyond as one JSON text', () => {
    const fields = Object.fromEntries(Array.from({ length: 10_500 }, (_, index) => [`k${index}`, index]));
    const call = read(JSON.stringify({ ...fields, callId: 'c', '…': 'taken' }));
    const { '……': rest, ...kept } = extraOf(call);
    expect({ ...kept, ...(JSON.parse(String(rest)) as object) }).toEqual({ ...fields, '…': 'taken' });
    expect(call.warnings).toEqual([
      { field: '……', reason: 'holds 501 fields beyond 10000, kept as JSON text' },
    ]);
  });
});

describe('The delay of an answer', () => {
  it.each([
    ['2025-06-01 09:59:45', '2025-06-01 10:00:00', 15_000],
    ['2025-06-01 10:00:00', '2025-06-01 09:59:45', -15_000],
    ['2025-06-01 10:00:00', '2025-06-02 10:00:00', 86_400_000],
    ['2025-06-01 10:00:00', '2025-06-02 10:00:01', null],
    ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', null],
  ])('from %s to %s is %s ms', (originateTime, startTime, delay) => {
    expect(readRecord({ originateTime, startTime }).answerDelay).toBe(delay);
  });
});

describe('What PostgreSQL can not hold', () => {
  it.each([
    ['NUL', '"a\\u0000b"', 'contains a NUL character'],
    ['half of a surrogate pair', '"\\ud800"', 'contains half of a surrogate pair'],
  ])('%s in a known field is kept as its JSON text and named', (_name, json, reason) => {
    const call = read(`{"callId":"c","statusMsg":${json}}`);
    expect(call.record.statusMsg).toBeNull();
    expect(extraOf(call)).toEqual({ statusMsg: json });
    expect(call.warnings).toEqual([{ field: 'statusMsg', reason }]);
  });

  it('nesting of 5,000 levels is kept as its JSON text and named', () => {
    const json = '['.repeat(5000) + ']'.repeat(5000);
    const call = read(`{"callId":"c","deep":${json}}`);
    expect(extraOf(call)).toEqual({ deep: json });
    expect(call.warnings?.map(({ field }) => field)).toEqual(['deep']);
  });
});

describe('The content hash', () => {
  it('is the same for the same content written differently', () => {
    const plain = readRecord({ duration: 330, x: { a: 1, b: 2 }, ringTime: null });
    const odd = readRecord({
      duration: ' 330 ',
      x: { b: 2, a: 1 },
      ringTime: '',
      statusMsg: ' Call ended normally ',
    });
    const iso = readRecord({ originateTime: '2025-06-01T01:59:45Z', x: { a: 1, b: 2 }, ringTime: undefined });
    expect(odd.contentHash).toEqual(plain.contentHash);
    expect(iso.contentHash).toEqual(plain.contentHash);
  });

  it('differs when any one field differs', () => {
    const original = readRecord({ x: 1 });
    const other: Record<string, unknown> = { text: 'other', integer: 7, time: '2025-06-02 00:00:00' };
    for (const [name, kind] of kinds) {
      expect([name, readRecord({ x: 1, [name]: other[kind] }).contentHash]).not.toEqual([
        name,
        original.contentHash,
      ]);
    }
    expect(readRecord({ x: 2 }).contentHash).not.toEqual(original.contentHash);
  });

  it('does not confuse a value that has moved to the next field', () => {
    expect(readRecord({ taskId: 'a', batchId: null }).contentHash).not.toEqual(
      readRecord({ taskId: null, batchId: 'a' }).contentHash,
    );
  });
});
