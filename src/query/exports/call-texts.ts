// Converts the values of a call from PostgreSQL's text form to the text form of exported files.
import { parseExact, stringifyExact } from '../../json/exact-numbers.js';
import { isoOf } from '../../persistence/sql/value-parsers.js';
import { maskEntry } from '../../security/masking/answer-mask.js';
import { CALL_FIELDS, type CallField, typeOf } from '../calls/call-fields.js';

/** The values of a call in the order of `CALL_FIELDS`. */
export type CallTexts = readonly (string | null)[];

/**
 * The kind of a field's text. `id` and `time` have the ledger's own form, and `text` is the vendor's. `number`,
 * `boolean` and `json` (an object or array) are written as JSON.
 */
export type TextKind = 'id' | 'time' | 'text' | 'number' | 'boolean' | 'json';

/** The kinds by the type of the column. */
const KINDS: Readonly<Partial<Record<string, TextKind>>> = {
  uuid: 'id',
  timestamptz: 'time',
  integer: 'number',
  boolean: 'boolean',
  jsonb: 'json',
};

type Reading = (text: string) => string;

const READINGS: Readonly<Partial<Record<TextKind, Reading>>> = {
  time: isoOf,
  boolean: (text) => (text === 't' ? 'true' : 'false'),
  // PostgreSQL writes spaces between the parts of JSON.
  json: (text) => stringifyExact(parseExact(text)),
};
const READING_OF = CALL_FIELDS.map((field) => READINGS[kindOf(field)]);

export function kindOf(field: CallField): TextKind {
  return KINDS[typeOf(field)] ?? 'text';
}

/** @param row the values in PostgreSQL's text form */
export function textsOf(row: CallTexts): CallTexts {
  return row.map((text, index) => (text === null ? null : (READING_OF[index]?.(text) ?? text)));
}

/** Returns the call with masked numbers, for keys without `numbers:read`. */
export function maskedTexts(call: CallTexts): CallTexts {
  const fields = Object.fromEntries(CALL_FIELDS.map((field, index) => [field, valueOf(field, call[index])]));
  const masked = maskEntry(fields);
  return CALL_FIELDS.map((field) => {
    const value = masked[field];
    return typeof value === 'string' || value === null ? value : stringifyExact(value);
  });
}

function valueOf(field: CallField, text: string | null | undefined): unknown {
  if (text === null || text === undefined) return null;
  return ['number', 'boolean', 'json'].includes(kindOf(field)) ? parseExact(text) : text;
}
