// A record as it came in, what of it the vendor's pages do not say out: new fields, new codes, other types.
import { isLosslessNumber } from 'lossless-json';
import { HANGUP_DIRECTIONS, SMART_STATUS_CODES, STATUS_CODES } from '../../codes/status-codes.js';
import type { CallRecord } from './call-record.dto.js';
import type { FieldKind } from './field-readers.js';

export type DriftKind = 'unknownField' | 'unlistedCode' | 'otherType' | 'unreadableField';

/** One thing that came otherwise than the vendor describes it. */
export interface Drift {
  readonly kind: DriftKind;
  readonly field: string;
  /** The code, the type, or why it could not be read; empty for an unknown field. */
  readonly value: string;
}

/** A record of thousands of unknown fields is as strange with the first ones. */
const MOST_A_RECORD = 50;
const LONGEST = 100;
const JSON_TYPES: Readonly<Record<FieldKind, string>> = { text: 'string', integer: 'number', time: 'string' };

/** Collects the drift of one record. */
export class DriftNotes {
  private notes: Drift[] | null = null;

  get found(): readonly Drift[] | null {
    return this.notes;
  }

  unknownField(field: string): void {
    this.add({ kind: 'unknownField', field, value: '' });
  }

  unreadableField(field: string, reason: string): void {
    this.add({ kind: 'unreadableField', field, value: reason });
  }

  /** Looks whether a field that is known has the type that the vendor documents. Null is of every type. */
  type(field: string, kind: FieldKind, value: unknown): void {
    if (value === null || value === undefined || typeof value === JSON_TYPES[kind]) return;
    const type = jsonTypeOf(value);
    if (type !== JSON_TYPES[kind]) this.add({ kind: 'otherType', field, value: type });
  }

  codes({ statusCode, smartStatusCode, hangupDirection }: CallRecord): void {
    if (statusCode !== null && !STATUS_CODES.has(statusCode)) this.code('statusCode', statusCode);
    if (smartStatusCode !== null && !SMART_STATUS_CODES.has(smartStatusCode))
      this.code('smartStatusCode', smartStatusCode);
    if (hangupDirection !== null && !HANGUP_DIRECTIONS.has(hangupDirection))
      this.code('hangupDirection', hangupDirection);
  }

  private code(field: string, value: string): void {
    this.add({ kind: 'unlistedCode', field, value });
  }

  private add({ kind, field, value }: Drift): void {
    this.notes ??= [];
    if (this.notes.length < MOST_A_RECORD)
      this.notes.push({ kind, field: shortened(field), value: shortened(value) });
  }
}

function jsonTypeOf(value: unknown): string {
  if (isLosslessNumber(value)) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`.toWellFormed();
}
