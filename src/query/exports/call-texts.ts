// A row of calls as PostgreSQL writes it in, the texts of its fields as files hold them out.
import { parseExact, stringifyExact } from '../../json/exact-numbers.js';
import { columnOf } from '../../persistence/sql/entity-columns.js';
import { isoOf } from '../../persistence/sql/value-parsers.js';
import { maskEntry } from '../../security/masking/answer-mask.js';
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';

/** The values of a call in the order of `CALL_FIELDS`. */
export type CallTexts = readonly (string | null)[];

/**
 * What the text of a field is: an `id` or a `time` in a form of our own, a `text` of the vendor's, or a number, a truth value,
 * an object or an array as JSON has them.
 */
export type TextKind = 'id' | 'time' | 'text' | 'number' | 'boolean' | 'json';

/** By the type of the column. */
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
  // PostgreSQL puts blanks between its parts.
  json: (text) => stringifyExact(parseExact(text)),
};
const READING_OF = CALL_FIELDS.map((field) => READINGS[kindOf(field)]);

export function kindOf(field: CallField): TextKind {
  return KINDS[columnOf(field).type] ?? 'text';
}

/** @param row its values as PostgreSQL writes them */
export function textsOf(row: CallTexts): CallTexts {
  return row.map((text, index) => (text === null ? null : (READING_OF[index]?.(text) ?? text)));
}

/** The call as those may see it who may not see numbers. */
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
