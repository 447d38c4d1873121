import { describe, expect, it } from 'vitest';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import 'reflect-metadata';
import { CallRecord, FIELD_NAMES as fields } from '../../src/call/call-record.js';
import { compileChecks } from '../../src/ingestion/reading/record-checks.js';

const checks = compileChecks(CallRecord);

/** Values near every bound that the decorators state, and anything else. */
const value = fc.oneof(
  fc.anything(),
  fc.constantFrom(null, undefined, '', 0, -1, 1.5, NaN, Infinity, 2_147_483_647, 2_147_483_648),
  fc.constantFrom(-62_135_596_800_000, -62_135_596_800_001, 253_402_300_799_999, 253_402_300_800_000),
  fc.constantFrom(127, 128, 129, 511, 512, 513, 8192, 8193).map((length) => 'x'.repeat(length)),
  fc.constantFrom(42, 43, 128, 170, 171, 2730, 2731).map((length) => '用'.repeat(length)),
  fc.constantFrom('\0', 'a\0b', '\ud800', 'x\udc00', '😀'),
  fc.string({ unit: 'binary' }),
);

describe('The compiled checks', () => {
  it('exist for every field of the record', () => {
    expect([...checks.keys()].sort()).toEqual([...fields].sort());
    expect(fields.length).toBeGreaterThanOrEqual(22);
  });

  it('find a fault exactly where validateSync finds one', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...fields), value), (values) => {
        const record = Object.assign(new CallRecord(), values);
        const bySync = new Set(validateSync(record).map((error) => error.property));
        const compiled = fields.filter(
          (field) => checks.get(field)?.(Reflect.get(record, field)) !== undefined,
        );
        expect(new Set(compiled)).toEqual(bySync);
      }),
      { numRuns: 3000 },
    );
  });

  it('give one of the messages that validateSync gives', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fields), value, (field, candidate) => {
        const record = Object.assign(new CallRecord(), { callId: 'c', [field]: candidate });
        const errors = validateSync(record).flatMap((error) => Object.values(error.constraints ?? {}));
        const message = checks.get(field)?.(candidate);
        if (message === undefined) expect(errors).toEqual([]);
        else expect(errors).toContain(message);
      }),
      { numRuns: 3000 },
    );
  });
});
