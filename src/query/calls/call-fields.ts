import { FIELD_NAMES } from '../../call/call-record.js';
import { columnOf } from '../../persistence/sql/entity-columns.js';
import type { CallDto } from './call.dto.js';
import { noteOf, recordingOf } from './call-messages.js';

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
/** The fields that are objects of other tables. */
const OF_MESSAGES = ['note', 'recording'] as const satisfies readonly CallField[];

/** All fields of a call, in the order of lists and exports. */
export const CALL_FIELDS: readonly CallField[] = [...FIELD_NAMES, ...OF_LEDGER, ...OF_MESSAGES];

/** The column says only whether the call was pulled, which takes a byte of each row. */
const PROVENANCE = `CASE WHEN pulled THEN 'pulled' ELSE 'pushed' END`;

/** SQL for the note and the recording of a call. */
type MessagesSql = Readonly<Record<(typeof OF_MESSAGES)[number], string>>;

function sqlOf(field: CallField, messages: MessagesSql): string {
  if (field === 'provenance') return PROVENANCE;
  return field === 'note' || field === 'recording' ? messages[field] : columnOf(field).name;
}

/** The select list that makes a `CallDto` of a row of `calls`, in the order of {@link CALL_FIELDS}. */
function selectedCall(messages: MessagesSql): string {
  return CALL_FIELDS.map((field) => `${sqlOf(field, messages)} AS "${field}"`).join(', ');
}

/** SQL for a call as the text of a record, for a row of `calls`. */
export function callRecord(messages: MessagesSql): string {
  return `ROW(${CALL_FIELDS.map((field) => sqlOf(field, messages)).join(', ')})::text`;
}

/** {@link selectedCall} with all fields, where `calls` has no alias. */
export const SELECTED_CALL = selectedCall({ note: noteOf('calls'), recording: recordingOf('calls') });

/** The type of a field's value in PostgreSQL. */
export function typeOf(field: CallField): string {
  if (field === 'note' || field === 'recording') return 'jsonb';
  return field === 'provenance' ? 'text' : columnOf(field).type;
}
