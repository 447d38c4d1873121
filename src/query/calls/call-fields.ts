import { FIELD_NAMES } from '../../call/call-record.js';
import { columnOf, selectedFields } from '../../persistence/sql/entity-columns.js';
import type { CallDto } from './call.dto.js';

export type CallField = keyof CallDto;

/** The fields that the ledger adds to the vendor's fields. */
const OF_LEDGER = [
  'occurredAt',
  'answered',
  'source',
  'extra',
  'warnings',
  'revision',
  'firstReceivedAt',
  'lastReceivedAt',
  'deliveryId',
  'provenance',
] as const satisfies readonly CallField[];

/** All fields of a call, in the order of lists and exports. */
export const CALL_FIELDS: readonly CallField[] = [...FIELD_NAMES, ...OF_LEDGER];

/** The column says only whether the call was pulled, which takes a byte of each row. */
const PROVENANCE = `CASE WHEN pulled THEN 'pulled' ELSE 'pushed' END AS "provenance"`;

/** The select list that makes a `CallDto` of a row of `calls`, in the order of {@link CALL_FIELDS}. */
export const SELECTED_CALL = CALL_FIELDS.map((field) =>
  field === 'provenance' ? PROVENANCE : selectedFields([field]),
).join(', ');

/** The type of a field's value in PostgreSQL. */
export function typeOf(field: CallField): string {
  return field === 'provenance' ? 'text' : columnOf(field).type;
}
