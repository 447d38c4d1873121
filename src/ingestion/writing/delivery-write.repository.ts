import { Injectable } from '@nestjs/common';
import type { Reader, Transaction } from '../../persistence/connections/statement.js';
import type { Delivery } from '../delivery.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import type { StoredBody } from './stored-body.js';

/** How many records of a delivery had which effect. */
export interface DeliveryCounts {
  readonly records: number;
  readonly stored: number;
  readonly corrected: number;
  readonly duplicate: number;
  readonly quarantined: number;
}

/** A delivery and its body as it is stored. */
export interface DeliveryWithBody {
  readonly delivery: Delivery;
  readonly body: StoredBody;
}

/** A delivery and its effect. `redeliveryOf` is the id of the delivery that brought the same body first. */
export interface WrittenDelivery {
  readonly delivery: Delivery;
  readonly counts: DeliveryCounts;
  readonly redeliveryOf: string | null;
}

const FIND_SAME_BODIES = {
  name: 'find-same-bodies',
  text: `SELECT t.id, same.id AS original
    FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::bigint[]) AS t(id, sha256, source, received_at)
    CROSS JOIN LATERAL (
      SELECT d.id FROM deliveries d
      WHERE d.sha256 = t.sha256 AND d.source = t.source AND d.redelivery_of IS NULL AND d.id <> t.id
        AND d.received_at > to_timestamp(t.received_at / 1000.0) - interval '1 hour'
        AND d.received_at <= to_timestamp(t.received_at / 1000.0)
      ORDER BY d.received_at DESC LIMIT 1) AS same`,
};
const HOUR_MS = 3_600_000;

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
    ON CONFLICT (id) DO NOTHING
    RETURNING id, EXISTS (SELECT 1 FROM erasures e WHERE e.requested_at >= deliveries.received_at) AS is_late`,
};

/** The result of inserting deliveries. */
export interface InsertedDeliveries {
  /** The deliveries that were inserted. */
  readonly ids: ReadonlySet<string>;
  /** Those that were received before an erasure was requested, if this transaction sees the request. */
  readonly late: ReadonlySet<string>;
}

/** Writes `deliveries` and `delivery_bodies`, and finds bodies that came before. */
@Injectable()
export class DeliveryWriteRepository {
  /**
   * Finds deliveries whose body the same source has delivered within the hour before, in the ledger or among these
   * deliveries.
   *
   * @param deliveries oldest first
   * @returns the id of the earlier delivery, by the id of the later one
   */
  async findSameBodies(reader: Reader, deliveries: readonly Delivery[]): Promise<Map<string, string>> {
    const { rows } = await reader.query<{ id: string; original: string }>({
      ...FIND_SAME_BODIES,
      values: [
        deliveries.map(({ id }) => id),
        deliveries.map(({ sha256 }) => sha256),
        deliveries.map(({ source }) => source),
        deliveries.map(({ receivedAt }) => receivedAt),
      ],
    });
    const originals = new Map(rows.map((row) => [row.id, row.original]));
    const firsts = new Map<string, Delivery>();
    for (const delivery of deliveries) {
      if (originals.has(delivery.id)) continue;
      const body = `${delivery.source} ${delivery.sha256.toString('base64')}`;
      const first = firsts.get(body);
      if (first !== undefined && delivery.receivedAt - first.receivedAt < HOUR_MS)
        originals.set(delivery.id, first.id);
      else firsts.set(body, delivery);
    }
    return originals;
  }

  async insertBodies(transaction: Transaction, deliveries: readonly DeliveryWithBody[]): Promise<void> {
    await transaction.query({ ...INSERT_BODIES, values: arrays(BODY_COLUMNS, deliveries) });
  }

  /**
   * Inserts deliveries. Call this at the end of the transaction, because no other delivery can be committed from here
   * to the commit.
   *
   * @param deliveries oldest first
   * @returns the inserted deliveries; if some are missing, they are in the ledger already, and the transaction must be
   *   rolled back
   */
  async insert(
    transaction: Transaction,
    deliveries: readonly WrittenDelivery[],
  ): Promise<InsertedDeliveries> {
    const { rows } = await transaction.query<{ id: string; is_late: boolean }>({
      ...INSERT,
      values: arrays(COLUMNS, deliveries),
    });
    const late = rows.filter((row) => row.is_late);
    return { ids: new Set(rows.map(({ id }) => id)), late: new Set(late.map(({ id }) => id)) };
  }
}
