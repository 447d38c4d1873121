import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { binaryBytes } from '../../persistence/sql/array-parameters.js';
import { orderedId } from '../../persistence/sql/ids.js';
import type { Delivery, Reject } from '../delivery.js';

const INSERT = {
  name: 'insert-quarantine',
  text: `INSERT INTO quarantine (id, delivery_id, received_at, source, status, place, reason, sha256, raw, records, expects)
    SELECT t.id, $2, to_timestamp($3 / 1000.0), $4, 'open', t.place, t.reason, $5, t.raw, t.records, $10
    FROM unnest($1::uuid[], $6::text[], $7::text[], $8::bytea[], $9::integer[]) AS t(id, place, reason, raw, records)
    ON CONFLICT (sha256) WHERE sha256 IS NOT NULL DO UPDATE SET status = 'open', resolved_at = NULL, replayed_as = NULL,
      delivery_id = excluded.delivery_id, received_at = excluded.received_at, source = excluded.source,
      place = excluded.place, reason = excluded.reason, expects = excluded.expects
    WHERE quarantine.status <> 'open' AND date_trunc('milliseconds', quarantine.resolved_at) <= excluded.received_at`,
};
const MARK_REPLAYED = {
  name: 'mark-replayed',
  text: `UPDATE quarantine SET status = 'replayed', resolved_at = now(), replayed_as = t.delivery_id
    FROM unnest($1::uuid[], $2::uuid[]) AS t(id, delivery_id)
    WHERE quarantine.id = t.id AND quarantine.status = 'open' RETURNING quarantine.id`,
};
const DISCARDED_OF = {
  name: 'discarded-of-deliveries',
  text: `SELECT DISTINCT delivery_id FROM quarantine WHERE delivery_id = ANY($1::uuid[]) AND status = 'discarded'`,
};

/** Writes `quarantine`. */
@Injectable()
export class QuarantineWriteRepository {
  /** Keeps the records of a delivery that are not calls. */
  async insertRecords(
    transaction: Transaction,
    delivery: Delivery,
    rejects: readonly Reject[],
  ): Promise<void> {
    await transaction.query({ ...INSERT, values: values(delivery, rejects, null) });
  }

  /**
   * Keeps a body that could not be read. The same body is kept once, however often it comes. An entry that was
   * discarded or replayed opens again, unless the body was received before that.
   */
  async insertBody(transaction: Transaction, delivery: Delivery, reject: Reject): Promise<void> {
    await transaction.query({ ...INSERT, values: values(delivery, [reject], delivery.sha256) });
  }

  /** The deliveries with a record that somebody has discarded. */
  async discardedOf(transaction: Transaction, deliveryIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await transaction.query<{ delivery_id: string }>({
      ...DISCARDED_OF,
      values: [deliveryIds],
    });
    return new Set(rows.map((row) => row.delivery_id));
  }

  /**
   * Marks open entries as replayed.
   *
   * @returns how many entries were open; the others have been replayed or discarded meanwhile
   */
  async markReplayed(
    transaction: Transaction,
    entries: readonly { readonly id: string; readonly deliveryId: string }[],
  ): Promise<number> {
    const values = [entries.map(({ id }) => id), entries.map(({ deliveryId }) => deliveryId)];
    return (await transaction.query({ ...MARK_REPLAYED, values })).rows.length;
  }
}

function values(delivery: Delivery, rejects: readonly Reject[], sha256: Buffer | null): unknown[] {
  return [
    rejects.map(() => orderedId(delivery.receivedAt)),
    delivery.id,
    delivery.receivedAt,
    delivery.source,
    sha256,
    rejects.map((reject) => reject.place),
    rejects.map((reject) => reject.reason),
    binaryBytes(rejects, ({ raw }) => raw),
    rejects.map((reject) => reject.records),
    delivery.expects === 'report' ? null : delivery.expects,
  ];
}
