import { FIELD_NAMES } from '../../call/call-record.js';
import { selectedFields } from '../../persistence/sql/entity-columns.js';
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
] as const satisfies readonly CallField[];

/** All fields of a call, in the order of lists and exports. */
export const CALL_FIELDS: readonly CallField[] = [...FIELD_NAMES, ...OF_LEDGER];

/** The select list that makes a `CallDto` of a row of `calls`. */
export const SELECTED_CALL = selectedFields(CALL_FIELDS);
