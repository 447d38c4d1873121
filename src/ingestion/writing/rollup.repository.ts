import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { type ArrayColumn, arrays, instantColumn, names, unnest } from './column-arrays.js';
import { RollupBoundsRepository } from './rollup-bounds.repository.js';
import type { RollupDelta } from './rollup-deltas.js';
import { groupKey } from './rollup-groups.js';

interface LaneDelta extends RollupDelta {
  readonly lane: number;
}

const count = (name: string, value: (row: LaneDelta) => number): ArrayColumn<LaneDelta> => ({
  name,
  type: 'bigint',
  value,
});
const name = (column: string, value: (row: RollupDelta) => string): ArrayColumn<RollupDelta> => ({
  name: column,
  type: 'text',
  value,
});

const KEY: ArrayColumn<RollupDelta> = { name: 'key', type: 'uuid', value: groupKey };
const GROUP_COLUMNS: readonly ArrayColumn<RollupDelta>[] = [
  KEY,
  name('source', (row) => row.source),
  name('task_id', (row) => row.taskId),
  name('batch_id', (row) => row.batchId),
  name('status_code', (row) => row.statusCode),
  name('smart_status_code', (row) => row.smartStatusCode),
  name('hangup_direction', (row) => row.hangupDirection),
  name('major_intent', (row) => row.majorIntent),
];
const SUMS = ['calls', 'answered', 'duration', 'b_duration', 'answer_delay_ms', 'answer_delay_calls'];
const SUM_COLUMNS: readonly ArrayColumn<LaneDelta>[] = [
  instantColumn('bucket_start', (row) => row.bucketStart),
  { name: 'lane', type: 'smallint', value: (row) => row.lane },
  count('calls', (row) => row.calls),
  count('answered', (row) => row.answered),
  count('duration', (row) => row.duration),
  count('b_duration', (row) => row.bDuration),
  count('answer_delay_ms', (row) => row.answerDelayMs),
  count('answer_delay_calls', (row) => row.answerDelayCalls),
  instantColumn('first_occurred_at', (row) => row.firstOccurredAt),
  instantColumn('last_occurred_at', (row) => row.lastOccurredAt),
];
const COLUMNS: readonly ArrayColumn<LaneDelta>[] = [KEY, ...SUM_COLUMNS];

const INSERT_GROUPS = {
  name: 'insert-rollup-groups',
  text: `INSERT INTO rollup_groups (group_id, ${names(GROUP_COLUMNS)})
    SELECT nextval('rollup_group_ids'), t.* FROM (SELECT DISTINCT * FROM ${unnest(GROUP_COLUMNS, 'u')}) AS t
    ORDER BY t.key ON CONFLICT (key) DO NOTHING`,
};

const sumsOf = (columns: readonly string[]) => columns.map((sum) => `sum(${sum})`).join(', ');
const additions = (columns: readonly string[]) =>
  columns.map((sum) => `${sum} = r.${sum} + excluded.${sum}`).join(', ');
const TOTALS = ['calls', 'answered', 'duration'];
// LEAST and GREATEST ignore nulls.
const WIDEN = `first_occurred_at = LEAST(r.first_occurred_at, excluded.first_occurred_at),
  last_occurred_at = GREATEST(r.last_occurred_at, excluded.last_occurred_at)`;
// One statement writes all three tables, to save round trips. It writes nothing if it does not know a group. The totals
// come after the rollups, as whoever renews the bounds locks them: so they wait for the number of written rollups.
const ADD = {
  name: 'add-to-rollups',
  text: `WITH known AS MATERIALIZED (
      SELECT g.group_id, g.source, g.task_id, g.batch_id, t.*
      FROM ${unnest(COLUMNS, 't')} LEFT JOIN rollup_groups AS g ON g.key = t.key),
    delta AS MATERIALIZED (SELECT * FROM known WHERE (SELECT bool_and(group_id IS NOT NULL) FROM known)),
    written AS (
      INSERT INTO rollups AS r (group_id, ${names(SUM_COLUMNS)}) SELECT group_id, ${names(SUM_COLUMNS)} FROM delta
      ORDER BY group_id, bucket_start
      ON CONFLICT (group_id, bucket_start, lane) DO UPDATE SET ${additions(SUMS)}, ${WIDEN}
      RETURNING group_id),
    sums AS (
      INSERT INTO rollup_sums AS r (bucket_start, source, lane, ${SUMS.join(', ')})
      SELECT bucket_start, source, lane, ${sumsOf(SUMS)} FROM delta
      GROUP BY bucket_start, source, lane ORDER BY bucket_start, source
      ON CONFLICT (bucket_start, source, lane) DO UPDATE SET ${additions(SUMS)}),
    totals AS (
      INSERT INTO campaign_totals AS r (task_id, batch_id, source, lane, ${TOTALS.join(', ')}, first_occurred_at,
        last_occurred_at)
      SELECT task_id, batch_id, source, lane, ${sumsOf(TOTALS)}, min(first_occurred_at), max(last_occurred_at)
      FROM delta WHERE (SELECT count(*) FROM written) > 0
      GROUP BY task_id, batch_id, source, lane ORDER BY task_id, batch_id, source
      ON CONFLICT (task_id, batch_id, source, lane) DO UPDATE SET ${additions(TOTALS)}, ${WIDEN})
    SELECT count(*)::int AS rows FROM delta`,
};

/** Writes `rollups`, their groups, and the sums over them: `rollup_sums` and `campaign_totals`. */
@Injectable()
export class RollupRepository {
  constructor(private readonly bounds: RollupBoundsRepository) {}

  /**
   * Adds the deltas to the rollups and to the sums over them.
   *
   * @param deltas in the order of {@link RollupDeltas.sorted}
   */
  async add(transaction: Transaction, deltas: readonly RollupDelta[], lane: number): Promise<void> {
    if (deltas.length === 0) return;
    const left = deltas.filter((delta) => delta.lostTimes.size > 0);
    if (left.length > 0) await this.bounds.lock(transaction);
    const rows = deltas.map((delta) => ({ ...delta, lane }));
    if (!(await this.addKnown(transaction, rows))) {
      await transaction.query({ ...INSERT_GROUPS, values: arrays(GROUP_COLUMNS, rows) });
      if (!(await this.addKnown(transaction, rows))) throw new Error('a group of rollups was not inserted');
    }
    if (left.length > 0) await this.bounds.renew(transaction, left);
  }

  /** @returns false if a group is not known. Then nothing is written. */
  private async addKnown(transaction: Transaction, rows: readonly LaneDelta[]): Promise<boolean> {
    const { rows: added } = await transaction.query<{ rows: number }>({
      ...ADD,
      values: arrays(COLUMNS, rows),
    });
    return (added[0]?.rows ?? 0) > 0;
  }
}
