// The columns of the table `calls`, and how their values are made.
import { type FieldName, INTEGER_FIELDS, TEXT_FIELDS, TIME_FIELDS } from '../../call/call-record.js';
import { columnOf } from '../../persistence/sql/entity-columns.js';
import type { CallState, Standing } from './call-state.js';
import { type ArrayColumn, instantColumn } from './column-arrays.js';

export const KEY: ArrayColumn<Standing> = { name: 'call_id', type: 'text', value: (row) => row.callId };
/** The columns that say which deliveries the row came from. */
export const RECEIPT_COLUMNS: readonly ArrayColumn<Standing>[] = [
  instantColumn('first_received_at', (row) => row.firstReceivedAt),
  instantColumn('last_received_at', (row) => row.lastReceivedAt),
  { name: 'last_delivery_id', type: 'uuid', value: lastDeliveryOf },
];
/** All columns except the key. */
export const CONTENT_COLUMNS: readonly ArrayColumn<CallState>[] = [
  ...vendorColumns().filter(({ name }) => name !== KEY.name),
  ...RECEIPT_COLUMNS,
  instantColumn('occurred_at', (row) => row.occurredAt),
  { name: 'delivery_id', type: 'uuid', value: (row) => row.deliveryId },
  { name: 'revision', type: 'integer', value: (row) => row.revision },
  { name: 'answered', type: 'boolean', value: (row) => row.answered },
  { name: 'pulled', type: 'boolean', value: (row) => row.pulled },
  { name: 'source', type: 'text', value: (row) => row.source },
  { name: 'content_hash', type: 'bytea', value: (row) => Buffer.from(row.contentHash, 'hex') },
  { name: 'extra', type: 'jsonb', value: (row) => row.extra },
  {
    name: 'warnings',
    type: 'jsonb',
    value: (row) => (row.warnings === null ? null : JSON.stringify(row.warnings)),
  },
];
export const CALL_COLUMNS: readonly ArrayColumn<CallState>[] = [KEY, ...CONTENT_COLUMNS];

function vendorColumns(): ArrayColumn<CallState>[] {
  return [
    ...TIME_FIELDS.map((field) =>
      instantColumn<CallState>(columnOf(field).name, ({ record }) => record[field]),
    ),
    ...INTEGER_FIELDS.map((field) => plainColumn('integer', field)),
    ...TEXT_FIELDS.map((field) => plainColumn('text', field)),
  ];
}

function plainColumn(type: 'integer' | 'text', field: FieldName): ArrayColumn<CallState> {
  return { name: columnOf(field).name, type, value: ({ record }) => record[field] };
}

/**
 * The delivery of the last receipt. It is null, which takes no space, when that is the delivery that brought the
 * content.
 */
function lastDeliveryOf({ lastDeliveryId, deliveryId }: Standing): string | null {
  return lastDeliveryId === deliveryId ? null : lastDeliveryId;
}
