// The writes to deliveries and delivery_bodies, and the search for a body that came before.
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../persistence/database.js';
import type { Delivery } from '../delivery.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import type { StoredBody } from './stored-body.js';

/** What a delivery did to the ledger. */
export interface DeliveryCounts {
  readonly records: number;
  readonly stored: number;
  readonly corrected: number;
  readonly duplicate: number;
  readonly quarantined: number;
}

export interface DeliveryWithBody {
  readonly delivery: Delivery;
  readonly body: StoredBody;
}

export interface WrittenDelivery {
  readonly delivery: Delivery;
  readonly counts: DeliveryCounts;
  readonly redeliveryOf: string | null;
}

const FIND_SAME_BODY = {
  name: 'find-same-body',
  text: `SELECT id FROM deliveries
    WHERE sha256 = $1 AND source = $2 AND redelivery_of IS NULL
      AND received_at > to_timestamp($3 / 1000.0) - interval '1 hour' AND received_at <= to_timestamp($3 / 1000.0)
    ORDER BY received_at DESC LIMIT 1`,
};
const BODY_COLUMNS: readonly ArrayColumn<DeliveryWithBody>[] = [
  { name: 'delivery_id', type: 'uuid', value: ({ delivery }) => delivery.id },
  instantColumn('received_at', ({ delivery }) => delivery.receivedAt),
  { name: 'encoding', type: 'text', value: ({ body }) => body.encoding },
  { name: 'body', type: 'bytea', value: ({ body }) => body.bytes },
];
const INSERT_BODIES = {
  name: 'insert-delivery-bodies',
  text: `INSERT INTO delivery_bodies (${names(BODY_COLUMNS)})
    SELECT ${selected(BODY_COLUMNS, 't')} FROM ${unnest(BODY_COLUMNS, 't')} ON CONFLICT (delivery_id) DO NOTHING`,
};
const count = (name: keyof DeliveryCounts): ArrayColumn<WrittenDelivery> => ({
  name,
  type: 'integer',
  value: ({ counts }) => counts[name],
});
const COLUMNS: readonly ArrayColumn<WrittenDelivery>[] = [
  { name: 'id', type: 'uuid', value: ({ delivery }) => delivery.id },
  instantColumn('received_at', ({ delivery }) => delivery.receivedAt),
  { name: 'redelivery_of', type: 'uuid', value: ({ redeliveryOf }) => redeliveryOf },
  { name: 'bytes', type: 'integer', value: ({ delivery }) => delivery.body.length },
  count('records'),
  count('stored'),
  count('corrected'),
  count('duplicate'),
  count('quarantined'),
  { name: 'ack_ms', type: 'real', value: ({ delivery }) => Date.now() - delivery.receivedAt },
  { name: 'source', type: 'text', value: ({ delivery }) => delivery.source },
  { name: 'via', type: 'text', value: ({ delivery }) => delivery.via },
  { name: 'remote_address', type: 'text', value: ({ delivery }) => delivery.remoteAddress },
  { name: 'sha256', type: 'bytea', value: ({ delivery }) => delivery.sha256 },
];
const INSERT = {
  name: 'insert-deliveries',
  text: `INSERT INTO deliveries (position, ${names(COLUMNS)})
    SELECT next_delivery_position(), ${selected(COLUMNS, 't')} FROM ${unnest(COLUMNS, 't')}
    ON CONFLICT (id) DO NOTHING RETURNING id`,
};

@Injectable()
export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /** The delivery of the same source that brought the same body first, within the hour before this one. */
  async findSameBody(delivery: Delivery): Promise<string | null> {
    const rows = await this.database.query<{ id: string }>({
      ...FIND_SAME_BODY,
      values: [delivery.sha256, delivery.source, delivery.receivedAt],
    });
    return rows[0]?.id ?? null;
  }

  async insertBodies(transaction: Transaction, deliveries: readonly DeliveryWithBody[]): Promise<void> {
    await transaction.query({ ...INSERT_BODIES, values: arrays(BODY_COLUMNS, deliveries) });
  }

  /**
   * To be the last statement of its transaction: from here to the commit, no other delivery can be committed.
   *
   * @param deliveries oldest first
   * @returns the ids of those written; the others are in the ledger already, and the transaction must be rolled back
   */
  async insert(
    transaction: Transaction,
    deliveries: readonly WrittenDelivery[],
  ): Promise<ReadonlySet<string>> {
    const { rows } = await transaction.query<{ id: string }>({
      ...INSERT,
      values: arrays(COLUMNS, deliveries),
    });
    return new Set(rows.map(({ id }) => id));
  }
}
