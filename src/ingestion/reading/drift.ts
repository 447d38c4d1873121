// Notes schema drift: how records differ from the vendor's documentation (new fields, new codes, other types).
import type { VendorField } from '../../call/field-decorators.js';
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
  type(field: string, documented: VendorField['jsonType'], value: unknown): void {
    if (value === null || value === undefined) return;
    const type = jsonTypeOf(value);
    if (type !== documented) this.add({ kind: 'otherType', field, value: type });
  }

  /** Notes a code that the vendor's documentation does not list. */
  unlistedCode(field: string, value: string): void {
    this.add({ kind: 'unlistedCode', field, value });
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
