import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { ReadDelivery } from '../reading/records-of-body.js';
import type { CountedDrift } from '../reading/drift.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';

/** How often something differed from the vendor's documentation in some deliveries. Times are in epoch milliseconds. */
interface DriftTally extends CountedDrift {
  readonly firstSeenAt: number;
  lastSeenAt: number;
  count: number;
  sampleDeliveryId: string;
}

/** The most rows in the table, so that a sender with generated field names cannot fill it. */
const MOST_ROWS = 5000;
const MOST_A_GROUP = 500;

const text = (
  name: string,
  value: (tally: DriftTally) => string,
  type: 'text' | 'uuid' = 'text',
): ArrayColumn<DriftTally> => ({ name, type, value });
const COLUMNS: readonly ArrayColumn<DriftTally>[] = [
  text('kind', (tally) => tally.kind),
  text('field', (tally) => tally.field),
  text('value', (tally) => tally.value),
  instantColumn('first_seen_at', (tally) => tally.firstSeenAt),
  instantColumn('last_seen_at', (tally) => tally.lastSeenAt),
  { name: 'count', type: 'bigint', value: (tally) => tally.count },
  text('sample_delivery_id', (tally) => tally.sampleDeliveryId, 'uuid'),
];
const ADD = {
  name: 'add-drift',
  text: `INSERT INTO schema_drift AS d (${names(COLUMNS)})
    SELECT ${selected(COLUMNS, 't')} FROM ${unnest(COLUMNS, 't')}
    WHERE (SELECT count(*) FROM schema_drift) < ${MOST_ROWS} OR EXISTS (
      SELECT 1 FROM schema_drift k WHERE k.kind = t.kind AND k.field = t.field AND k.value = t.value)
    ON CONFLICT (kind, field, value) DO UPDATE SET
      count = d.count + excluded.count,
      first_seen_at = least(d.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at),
      sample_delivery_id = CASE WHEN excluded.last_seen_at < d.last_seen_at THEN d.sample_delivery_id
        ELSE excluded.sample_delivery_id END`,
};

/** Writes `schema_drift`. */
@Injectable()
export class DriftRepository {
  /**
   * Counts differences from the vendor's documentation. Call this late in the transaction: its rows stay locked until
   * the commit, and when every record has a new field, all writers need the same row.
   *
   * @param deliveries oldest first
   */
  async add(transaction: Transaction, deliveries: readonly ReadDelivery[]): Promise<void> {
    const tallies = tally(deliveries);
    if (tallies.length > 0) await transaction.query({ ...ADD, values: arrays(COLUMNS, tallies) });
  }
}

/** Adds up the drift. The result is sorted by key, so that concurrent writers wait for each other in the same order. */
function tally(deliveries: readonly ReadDelivery[]): DriftTally[] {
  const tallies = new Map<string, DriftTally>();
  for (const { delivery, drift } of deliveries) {
    for (const note of drift) {
      const key = `${note.kind}\0${note.field}\0${note.value}`;
      const known = tallies.get(key);
      const seenAt = delivery.receivedAt;
      if (known !== undefined) {
        known.count += note.count;
        known.lastSeenAt = seenAt;
        known.sampleDeliveryId = delivery.id;
      } else if (tallies.size < MOST_A_GROUP) {
        const once = { firstSeenAt: seenAt, lastSeenAt: seenAt, sampleDeliveryId: delivery.id };
        tallies.set(key, { ...note, ...once });
      }
    }
  }
  return [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
