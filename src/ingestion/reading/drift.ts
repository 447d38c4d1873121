// Notes schema drift: how records differ from the vendor's documentation (new fields, new codes, other types).
import { type CallRecord, VENDOR_FIELDS } from '../../call/call-record.js';
import type { FieldKind } from '../../call/field-decorators.js';
import { isExactNumber } from '../../json/exact-numbers.js';

/** The ways in which a record can differ from the vendor's documentation. */
type DriftKind = 'unknownField' | 'unlistedCode' | 'otherType' | 'unreadableField';

/** One difference from the vendor's documentation. */
export interface Drift {
  readonly kind: DriftKind;
  readonly field: string;
  /** The code, the type, or why the field could not be read; empty for an unknown field. */
  readonly value: string;
}

/** A difference, and how often it occurred. */
export interface CountedDrift extends Drift {
  readonly count: number;
}

/**
 * The most differences that are noted for a body. In a body with thousands of unknown fields, the first ones are
 * enough.
 */
const MOST_A_BODY = 100;
const LONGEST = 100;
const CODES = VENDOR_FIELDS.flatMap(({ name: field, codes }) =>
  codes === undefined ? [] : [{ field, codes }],
);
const JSON_TYPES: Readonly<Record<FieldKind, string>> = { text: 'string', integer: 'number', time: 'string' };

/** Counts the drift in the records of one body. */
export class DriftNotes {
  private readonly notes = new Map<string, Drift & { count: number }>();

  get found(): readonly CountedDrift[] {
    return [...this.notes.values()];
  }

  unknownField(field: string): void {
    this.add({ kind: 'unknownField', field, value: '' });
  }

  unreadableField(field: string, reason: string): void {
    this.add({ kind: 'unreadableField', field, value: reason });
  }

  /** Checks whether a known field has the documented type. Null has every type. */
  type(field: string, kind: FieldKind, value: unknown): void {
    if (value === null || value === undefined || typeof value === JSON_TYPES[kind]) return;
    const type = jsonTypeOf(value);
    if (type !== JSON_TYPES[kind]) this.add({ kind: 'otherType', field, value: type });
  }

  /** Checks whether the vendor's documentation lists the record's codes. */
  codes(record: CallRecord): void {
    for (const { field, codes } of CODES) {
      const value = record[field];
      if (typeof value === 'string' && !codes.has(value)) this.add({ kind: 'unlistedCode', field, value });
    }
  }

  private add(drift: Drift): void {
    const { kind } = drift;
    const [field, value] = [shortened(drift.field), shortened(drift.value)];
    const key = `${kind}\0${field}\0${value}`;
    const known = this.notes.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.notes.size < MOST_A_BODY) this.notes.set(key, { kind, field, value, count: 1 });
  }
}

function jsonTypeOf(value: unknown): string {
  if (isExactNumber(value)) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`.toWellFormed();
}
