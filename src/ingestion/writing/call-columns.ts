// The columns of the table `calls`, and how their values are made.
import { CallRecord, copyFields, FIELD_NAMES, VENDOR_FIELDS } from '../../call/call-record.js';
import { columnOf, selectedFields } from '../../persistence/sql/entity-columns.js';
import { answerDelay } from '../reading/record-reader.js';
import { type CallState, contentJson } from './call-state.js';
import { type ArrayColumn, instantColumn } from './column-arrays.js';
import { columnsOf, MESSAGE_COLUMNS, type MessageTable } from './message-write.repository.js';
import { vendorColumns } from './vendor-columns.js';

/** A row as `pg` returns it with the times in epoch milliseconds. */
export type CallRow = CallRecord & Omit<CallState, 'record' | 'answerDelay'>;

export const CALLS: MessageTable<CallState, CallRow> = {
  name: 'calls',
  columns: [
    ...vendorColumns<CallRecord, CallState>(VENDOR_FIELDS, (field) => columnOf(field).name),
    instantColumn('occurred_at', (row) => row.occurredAt),
    { name: 'answered', type: 'boolean', value: (row) => row.answered },
    ...MESSAGE_COLUMNS,
  ],
  selected: `${selectedFields(FIELD_NAMES)}, occurred_at AS "occurredAt", answered`,
  stateOf,
  history: 'call_revisions',
  historyColumns: [],
  historyKey: 'call_id, delivery_id',
  // The report's delivery is the newest one of the call.
  reset: ['change_delivery_id'],
  contentJson,
};
export const CALL_COLUMNS: readonly ArrayColumn<CallState>[] = columnsOf(CALLS);

function stateOf(row: CallRow): CallState {
  const record = new CallRecord();
  copyFields(row, record);
  const { callId, source, pulled, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId } =
    row;
  const { occurredAt, answered, extra, warnings, revision } = row;
  return {
    ...{ callId, source, pulled, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId },
    ...{
      record,
      occurredAt,
      answered,
      answerDelay: answerDelay(record, answered),
      extra,
      warnings,
      revision,
    },
  };
}
