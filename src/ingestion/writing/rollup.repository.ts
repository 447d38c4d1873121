// The writes to call_rollups.
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/database.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import type { RollupDelta } from './rollup-deltas.js';

interface LaneDelta extends RollupDelta {
  readonly lane: number;
}

const count = (name: string, value: (row: LaneDelta) => number): ArrayColumn<LaneDelta> => ({
  name,
  type: 'bigint',
  value,
});
const name = (column: string, value: (row: LaneDelta) => string): ArrayColumn<LaneDelta> => ({
  name: column,
  type: 'text',
  value,
});

const CELL_COLUMNS: readonly ArrayColumn<LaneDelta>[] = [
  instantColumn('bucket_start', (row) => row.bucketStart),
  name('source', (row) => row.source),
  name('task_id', (row) => row.taskId),
  name('batch_id', (row) => row.batchId),
  name('status_code', (row) => row.statusCode),
  name('smart_status_code', (row) => row.smartStatusCode),
  name('hangup_direction', (row) => row.hangupDirection),
];
const SUMS = ['calls', 'answered', 'duration', 'b_duration', 'answer_delay_ms', 'answer_delay_calls'];
const COLUMNS: readonly ArrayColumn<LaneDelta>[] = [
  ...CELL_COLUMNS,
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

// LEAST and GREATEST pass over nulls.
const ADD = {
  name: 'add-to-rollups',
  text: `INSERT INTO call_rollups AS r (${names(COLUMNS)})
    SELECT ${selected(COLUMNS, 't')} FROM ${unnest(COLUMNS, 't')}
    ON CONFLICT (bucket_start, source, task_id, batch_id, status_code, smart_status_code, hangup_direction, lane)
    DO UPDATE SET ${SUMS.map((sum) => `${sum} = r.${sum} + excluded.${sum}`).join(', ')},
      first_occurred_at = LEAST(r.first_occurred_at, excluded.first_occurred_at),
      last_occurred_at = GREATEST(r.last_occurred_at, excluded.last_occurred_at)`,
};
const LOCK_BOUNDS = { name: 'lock-rollup-bounds', text: 'SELECT pg_advisory_xact_lock(1129072709, 3)' };
const SAME_CELL = CELL_COLUMNS.map(({ name: column }) => `r.${column} = cell.${column}`).join(' AND ');
const CELLS = `(SELECT ${CELL_COLUMNS.map((column, index) => `${selected([column], 't')} AS ${names([CELL_COLUMNS[index] ?? column])}`).join(', ')}, t.place
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS t(${names(CELL_COLUMNS)}, place))`;
const LOCK_CELLS = {
  name: 'lock-rollup-cells',
  text: `SELECT 1 FROM ${CELLS} AS cell JOIN call_rollups r ON ${SAME_CELL} ORDER BY cell.place, r.lane FOR UPDATE OF r`,
};
const RECOMPUTE_BOUNDS = {
  name: 'recompute-rollup-bounds',
  text: `UPDATE call_rollups r SET first_occurred_at = bounds.first, last_occurred_at = bounds.last
    FROM ${CELLS} AS cell CROSS JOIN LATERAL (
      SELECT min(c.occurred_at) AS first, max(c.occurred_at) AS last FROM calls c
      WHERE c.occurred_at >= cell.bucket_start AND c.occurred_at < cell.bucket_start + interval '15 minutes'
        AND c.source = cell.source AND coalesce(c.task_id, '') = cell.task_id
        AND coalesce(c.batch_id, '') = cell.batch_id AND coalesce(c.status_code, '') = cell.status_code
        AND coalesce(c.smart_status_code, '') = cell.smart_status_code
        AND coalesce(c.hangup_direction, '') = cell.hangup_direction) AS bounds
    WHERE ${SAME_CELL}`,
};

@Injectable()
export class RollupRepository {
  /**
   * Adds the deltas to the rollups.
   *
   * Where calls left a row, the first and last times are found anew from the calls, in every lane of that row's
   * key. One transaction at a time does that, and it holds its own lane's rows before it asks for the others', so
   * that it never waits in a circle with writers that only add.
   *
   * @param deltas sorted as {@link RollupDeltas.sorted} gives them
   */
  async add(transaction: Transaction, deltas: readonly RollupDelta[], lane: number): Promise<void> {
    const lost = deltas.filter((delta) => delta.lostCalls).map((delta) => ({ ...delta, lane }));
    if (lost.length > 0) await transaction.query(LOCK_BOUNDS);
    const rows = deltas.map((delta) => ({ ...delta, lane }));
    if (rows.length > 0) await transaction.query({ ...ADD, values: arrays(COLUMNS, rows) });
    if (lost.length === 0) return;
    await transaction.query({ ...LOCK_CELLS, values: arrays(CELL_COLUMNS, lost) });
    await transaction.query({ ...RECOMPUTE_BOUNDS, values: arrays(CELL_COLUMNS, lost) });
  }
}
