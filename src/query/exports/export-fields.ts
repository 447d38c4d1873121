// The fields of exports: those of calls, and some of their notes and recordings as columns of their own.
import { isExactNumber, parseExact, stringifyExact } from '../../json/exact-numbers.js';
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import { isNameField, LISTED_FIELDS, type ListedField } from '../calls/call-names.js';

/** Where each column's value is: a member of an object of the call. */
const COLUMNS = {
  majorIntent: { of: 'note', member: 'majorIntent', kind: 'text' },
  outputTags: { of: 'note', member: 'outputTags', kind: 'json' },
  attempt: { of: 'note', member: 'attempt', kind: 'number' },
  recordingState: { of: 'recording', member: 'state', kind: 'text' },
} as const;

export type ColumnField = keyof typeof COLUMNS;
export type ExportField = ListedField | ColumnField;

const COLUMN_FIELDS: readonly ColumnField[] = ['majorIntent', 'outputTags', 'attempt', 'recordingState'];
export const EXPORT_FIELDS: readonly ExportField[] = [...LISTED_FIELDS, ...COLUMN_FIELDS];
/** A table has no objects of known members, unless they are asked for. */
export const TABLE_FIELDS = EXPORT_FIELDS.filter((field) => field !== 'note' && field !== 'recording');

/** A column that is a member of an object of the call. */
export interface MemberColumn {
  /** The place of the object's JSON text in a call. */
  readonly index: number;
  readonly kind: 'text' | 'json' | 'number';
  /** The member's value in the API's form; null if there is none. */
  readonly valueOf: (json: string | null | undefined) => string | null;
}

export function memberColumn(field: ColumnField): MemberColumn {
  const { of, member, kind } = COLUMNS[field];
  return {
    index: CALL_FIELDS.indexOf(of),
    kind,
    valueOf: (json) =>
      json === null || json === undefined ? null : textOf(memberOf(parseExact(json), member)),
  };
}

/** The fields of calls that these fields are made of. */
export function fieldsBehind(fields: readonly ExportField[]): readonly CallField[] {
  return fields.flatMap((field) => {
    if (isNameField(field)) return [];
    return [isColumnField(field) ? COLUMNS[field].of : field];
  });
}

export function isColumnField(field: ExportField): field is ColumnField {
  return field in COLUMNS;
}

function memberOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (Reflect.get(object, name) as unknown) : null;
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return isExactNumber(value) ? value.toString() : stringifyExact(value);
}
