// The writes to deliveries and delivery_bodies, and the search for a body that came before.
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../persistence/database.js';
import type { Delivery } from '../delivery.js';
import type { StoredBody } from './stored-body.js';

/** What a delivery did to the ledger. */
export interface DeliveryCounts {
  readonly records: number;
  readonly stored: number;
  readonly corrected: number;
  readonly duplicate: number;
  readonly quarantined: number;
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
const INSERT_BODY = {
  name: 'insert-delivery-body',
  text: `INSERT INTO delivery_bodies (delivery_id, received_at, encoding, body)
    VALUES ($1, to_timestamp($2 / 1000.0), $3, $4) ON CONFLICT (delivery_id) DO NOTHING`,
};
const INSERT = {
  name: 'insert-delivery',
  text: `INSERT INTO deliveries (id, position, received_at, redelivery_of, bytes, records, stored, corrected,
      duplicate, quarantined, ack_ms, source, via, remote_address, sha256)
    VALUES ($1, next_delivery_position(), to_timestamp($2 / 1000.0), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
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

  async insertBody(transaction: Transaction, delivery: Delivery, body: StoredBody): Promise<void> {
    const values = [delivery.id, delivery.receivedAt, body.encoding, body.bytes];
    await transaction.query({ ...INSERT_BODY, values });
  }

  /**
   * To be the last statement of its transaction: from here to the commit, no other delivery can be committed.
   *
   * @returns false when this delivery is in the ledger already; then the transaction must be rolled back
   */
  async insert(
    transaction: Transaction,
    { delivery, counts, redeliveryOf }: WrittenDelivery,
  ): Promise<boolean> {
    const values = [
      delivery.id,
      delivery.receivedAt,
      redeliveryOf,
      delivery.body.length,
      counts.records,
      counts.stored,
      counts.corrected,
      counts.duplicate,
      counts.quarantined,
      Date.now() - delivery.receivedAt,
      delivery.source,
      delivery.via,
      delivery.remoteAddress,
      delivery.sha256,
    ];
    const { rows } = await transaction.query({ ...INSERT, values });
    return rows.length === 1;
  }
}
