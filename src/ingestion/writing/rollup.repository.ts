import { Injectable } from '@nestjs/common';
import { BOUNDS_LOCK, LEDGER_LOCKS } from '../../persistence/schema/advisory-locks.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import { BUCKET_MS, type RollupDelta } from './rollup-deltas.js';

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

const SUMS_OF_DELTAS = SUMS.map((sum) => `sum(${sum})`).join(', ');
const ADD_SUMS = SUMS.map((sum) => `${sum} = r.${sum} + excluded.${sum}`).join(', ');
// One statement writes both tables, to save a round trip. LEAST and GREATEST ignore nulls.
const ADD = {
  name: 'add-to-rollups',
  text: `WITH delta (${names(COLUMNS)}) AS MATERIALIZED (
      SELECT ${selected(COLUMNS, 't')} FROM ${unnest(COLUMNS, 't')}),
    rollups AS (
      INSERT INTO call_rollups AS r (${names(COLUMNS)}) TABLE delta
      ON CONFLICT (bucket_start, source, task_id, batch_id, status_code, smart_status_code, hangup_direction, lane)
      DO UPDATE SET ${ADD_SUMS},
        first_occurred_at = LEAST(r.first_occurred_at, excluded.first_occurred_at),
        last_occurred_at = GREATEST(r.last_occurred_at, excluded.last_occurred_at))
    INSERT INTO call_sums AS r (bucket_start, source, lane, ${SUMS.join(', ')})
    SELECT bucket_start, source, lane, ${SUMS_OF_DELTAS} FROM delta
    GROUP BY bucket_start, source, lane ORDER BY bucket_start, source
    ON CONFLICT (bucket_start, source, lane) DO UPDATE SET ${ADD_SUMS}`,
};
const LOCK_BOUNDS = {
  name: 'lock-rollup-bounds',
  text: `SELECT pg_advisory_xact_lock(${LEDGER_LOCKS}, ${BOUNDS_LOCK})`,
};
const CELLS = `(SELECT ${selected(CELL_COLUMNS, 't')}, t.place
  FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    WITH ORDINALITY AS t(${names(CELL_COLUMNS)}, place))`;
const SAME_CELL = CELL_COLUMNS.map(({ name: column }) => `r.${column} = cell.${column}`).join(' AND ');
const SELECT_LANES = {
  name: 'select-rollup-lanes',
  text: `SELECT cell.place::int, r.calls, r.first_occurred_at, r.last_occurred_at
    FROM ${CELLS} AS cell JOIN call_rollups r ON ${SAME_CELL}`,
};
const LOCK_LANES = {
  name: 'lock-rollup-lanes',
  text: `SELECT cell.place::int, r.lane FROM ${CELLS} AS cell JOIN call_rollups r ON ${SAME_CELL}
    ORDER BY cell.place, r.lane FOR UPDATE OF r`,
};
const SET_BOUNDS = {
  name: 'set-rollup-bounds',
  text: `UPDATE call_rollups r SET first_occurred_at = b.first, last_occurred_at = b.last
    FROM ${CELLS} AS cell
    JOIN unnest($8::smallint[], $9::timestamptz[], $10::timestamptz[]) WITH ORDINALITY AS b(lane, first, last, place)
      ON b.place = cell.place
    WHERE ${SAME_CELL} AND r.lane = b.lane`,
};

/** A rollup row that is locked. */
interface LockedLane {
  /** The number of the cell in the query, counted from 1. */
  readonly place: number;
  readonly lane: number;
}

interface LaneRow {
  /** The number of the cell in the query, counted from 1. */
  readonly place: number;
  readonly calls: string;
  readonly first_occurred_at: Date | null;
  readonly last_occurred_at: Date | null;
}

interface Bounds {
  readonly first: Date | null;
  readonly last: Date | null;
}

const NO_BOUNDS: Bounds = { first: null, last: null };

/** Writes `call_rollups` and `call_sums`. */
@Injectable()
export class RollupRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /**
   * Adds the deltas to `call_rollups` and `call_sums`.
   *
   * If the first or last call of a row left it, the row's times are computed again from the calls. Only one transaction
   * at a time does that. It locks the rows of its own lane before those of other lanes, so that it cannot deadlock with
   * writers that only add.
   *
   * @param deltas in the order of {@link RollupDeltas.sorted}
   */
  async add(transaction: Transaction, deltas: readonly RollupDelta[], lane: number): Promise<void> {
    const left = deltas.filter((delta) => delta.lostTimes.size > 0).map((delta) => ({ ...delta, lane }));
    if (left.length > 0) await transaction.query(LOCK_BOUNDS);
    const rows = deltas.map((delta) => ({ ...delta, lane }));
    if (rows.length > 0) await transaction.query({ ...ADD, values: arrays(COLUMNS, rows) });
    const stale = left.length > 0 ? await this.withStaleBounds(transaction, left) : [];
    if (stale.length > 0) await this.renewBounds(transaction, stale);
  }

  /**
   * The cells in which a lane has the time of a call that left as its first or last time. A lane stores exact times of
   * its calls, so they can be compared for equality.
   */
  private async withStaleBounds(transaction: Transaction, cells: readonly LaneDelta[]): Promise<LaneDelta[]> {
    const lanes = await this.lanesOf(transaction, cells);
    return cells.filter((cell, index) =>
      lanes.some(
        (row) =>
          row.place === index + 1 &&
          [row.first_occurred_at, row.last_occurred_at].some(
            (time) => time !== null && cell.lostTimes.has(time.getTime()),
          ),
      ),
    );
  }

  private async renewBounds(transaction: Transaction, cells: readonly LaneDelta[]): Promise<void> {
    const { rows: locked } = await transaction.query<LockedLane & Record<string, unknown>>({
      ...LOCK_LANES,
      values: arrays(CELL_COLUMNS, cells),
    });
    await this.nodes.awaitCommits(transaction);
    // This is read after the locks, to see what others committed before they released their lanes.
    const lanes = await this.lanesOf(transaction, cells);
    const bounds: (Bounds | undefined)[] = [];
    for (const [index, cell] of cells.entries()) {
      const calls = lanes
        .filter((row) => row.place === index + 1)
        .reduce((sum, row) => sum + Number(row.calls), 0);
      const found = calls === 0 ? NO_BOUNDS : await this.boundsOf(transaction, cell);
      // The cell's other calls were deleted by an erasure or by retention. The times that they left are the best ones
      // known.
      bounds.push(calls > 0 && found.first === null ? undefined : found);
    }
    // A lane that was added since is left unchanged. It has the times of its own calls, which may not be visible here.
    const rows = locked.flatMap(({ place, lane }) => {
      const [cell, times] = [cells[place - 1], bounds[place - 1]];
      return cell === undefined || times === undefined ? [] : [{ cell: { ...cell, lane }, times }];
    });
    const values = [
      ...arrays(
        CELL_COLUMNS,
        rows.map(({ cell }) => cell),
      ),
      rows.map(({ cell }) => cell.lane),
      rows.map(({ times }) => times.first),
      rows.map(({ times }) => times.last),
    ];
    await transaction.query({ ...SET_BOUNDS, values });
  }

  private async lanesOf(transaction: Transaction, cells: readonly LaneDelta[]): Promise<LaneRow[]> {
    return (await transaction.query<LaneRow>({ ...SELECT_LANES, values: arrays(CELL_COLUMNS, cells) })).rows;
  }

  /**
   * The times of the cell's first and last call. Two index scans in time order each stop at the first match, so that
   * they do not read the whole quarter-hour.
   */
  private async boundsOf(transaction: Transaction, cell: LaneDelta): Promise<Bounds> {
    const values: unknown[] = [
      new Date(cell.bucketStart),
      new Date(cell.bucketStart + BUCKET_MS),
      cell.source,
    ];
    const equal = (column: string, value: string) =>
      value === '' ? `${column} IS NULL` : `${column} = $${values.push(value)}`;
    const where = [
      'occurred_at >= $1 AND occurred_at < $2 AND source = $3',
      equal('task_id', cell.taskId),
      equal('batch_id', cell.batchId),
      equal('status_code', cell.statusCode),
      equal('smart_status_code', cell.smartStatusCode),
      equal('hangup_direction', cell.hangupDirection),
    ].join(' AND ');
    const end = (order: string) =>
      `(SELECT occurred_at FROM calls WHERE ${where} ORDER BY occurred_at ${order} LIMIT 1)`;
    const text = `SELECT ${end('ASC')} AS first, ${end('DESC')} AS last`;
    const { rows } = await transaction.query<Bounds & Record<string, unknown>>({ text, values });
    return rows[0] ?? NO_BOUNDS;
  }
}
