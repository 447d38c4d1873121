// The fields of a call, and some of them.
import { FIELD_NAMES } from '../../call/call-record.js';
import { selectedFields } from '../../persistence/sql/entity-columns.js';
import { withCallNumbers } from '../../security/masking/answer-mask.js';
import type { CallDto, SelectedCall } from './call.dto.js';

export type CallField = keyof CallDto;

/** What the ledger knows of a call beside the vendor's fields. */
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
] as const satisfies readonly CallField[];

/** The fields of a call, in the order in which lists and exports give them. */
export const CALL_FIELDS: readonly CallField[] = [...FIELD_NAMES, ...OF_LEDGER];

/** What SELECT gives of a row of `calls`, so that it is a `CallDto`. */
export const SELECTED_CALL = selectedFields(CALL_FIELDS);

/** The call with these fields and its `callId` alone. Its numbers are masked in them also where their own fields are left out. */
export function withFields(call: CallDto, fields: readonly CallField[]): SelectedCall {
  const selected = {
    callId: call.callId,
    ...Object.fromEntries(fields.map((field) => [field, call[field]])),
  };
  return withCallNumbers(selected, [call]);
}
