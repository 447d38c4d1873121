// Finds the first and last times of rollups and totals anew, when the call that they were of has left.
import { Injectable } from '@nestjs/common';
import { BOUNDS_LOCK, LEDGER_LOCKS } from '../../persistence/schema/advisory-locks.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { BUCKET_MS, type RollupDelta } from './rollup-deltas.js';
import { groupKey } from './rollup-groups.js';

const LOCK_BOUNDS = {
  name: 'lock-rollup-bounds',
  text: `SELECT pg_advisory_xact_lock(${LEDGER_LOCKS}, ${BOUNDS_LOCK})`,
};
const CELLS = `(SELECT g.group_id, t.bucket_start, t.place
  FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS t(key, bucket_start, place)
  JOIN rollup_groups AS g ON g.key = t.key)`;
const OF_CELL = 'r.group_id = cell.group_id AND r.bucket_start = cell.bucket_start';
const SELECT_LANES = {
  name: 'select-rollup-lanes',
  text: `SELECT cell.place::int, r.calls, r.first_occurred_at, r.last_occurred_at
    FROM ${CELLS} AS cell JOIN rollups r ON ${OF_CELL}`,
};
const LOCK_LANES = {
  name: 'lock-rollup-lanes',
  text: `SELECT cell.place::int, r.lane FROM ${CELLS} AS cell JOIN rollups r ON ${OF_CELL}
    ORDER BY r.group_id, r.bucket_start, r.lane FOR UPDATE OF r`,
};
const SET_BOUNDS = {
  name: 'set-rollup-bounds',
  text: `UPDATE rollups r SET first_occurred_at = b.first, last_occurred_at = b.last
    FROM ${CELLS} AS cell
    JOIN unnest($3::smallint[], $4::timestamptz[], $5::timestamptz[]) WITH ORDINALITY AS b(lane, first, last, place)
      ON b.place = cell.place
    WHERE ${OF_CELL} AND r.lane = b.lane`,
};
const INTENT_OF_CALL =
  "coalesce((SELECT n.major_intent FROM call_notes AS n WHERE n.call_id = calls.call_id), '')";
const CAMPAIGNS = `(SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[]) AS t(task_id, batch_id, source))`;
const OF_CAMPAIGN = ['task_id', 'batch_id', 'source']
  .map((column) => `r.${column} = c.${column}`)
  .join(' AND ');
const LOCK_TOTALS = {
  name: 'lock-campaign-totals',
  text: `SELECT r.task_id, r.batch_id, r.source, r.lane FROM ${CAMPAIGNS} AS c JOIN campaign_totals r ON ${OF_CAMPAIGN}
    WHERE EXISTS (SELECT FROM campaign_totals AS stale
      WHERE stale.task_id = c.task_id AND stale.batch_id = c.batch_id AND stale.source = c.source
        AND (stale.first_occurred_at = ANY($4::timestamptz[]) OR stale.last_occurred_at = ANY($4::timestamptz[])))
    ORDER BY r.task_id, r.batch_id, r.source, r.lane FOR UPDATE OF r`,
};
// This reads the rollups after the locks, to see what others committed before they released the totals.
const SET_TOTALS = {
  name: 'set-campaign-bounds',
  text: `UPDATE campaign_totals r SET first_occurred_at = b.first, last_occurred_at = b.last
    FROM (SELECT c.task_id, c.batch_id, c.source, min(u.first_occurred_at) AS first, max(u.last_occurred_at) AS last
      FROM ${CAMPAIGNS} AS c
      JOIN rollup_groups AS g ON g.task_id = c.task_id AND g.batch_id = c.batch_id AND g.source = c.source
      JOIN rollups AS u ON u.group_id = g.group_id GROUP BY c.task_id, c.batch_id, c.source) AS b,
      unnest($1::text[], $2::text[], $3::text[], $4::smallint[]) AS c(task_id, batch_id, source, lane)
    WHERE ${OF_CAMPAIGN} AND r.lane = c.lane AND b.task_id = c.task_id AND b.batch_id = c.batch_id AND b.source = c.source`,
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
  readonly calls: number;
  readonly first_occurred_at: Date | null;
  readonly last_occurred_at: Date | null;
}

/** A row of totals that is locked. */
interface LockedTotals {
  readonly task_id: string;
  readonly batch_id: string;
  readonly source: string;
  readonly lane: number;
}

interface Bounds {
  readonly first: Date | null;
  readonly last: Date | null;
}

const NO_BOUNDS: Bounds = { first: null, last: null };

/**
 * Computes first and last times again from the calls. Only one transaction at a time does that. It has locked the rows
 * of its own lane before it locks those of other lanes, and locks rollups before totals, like writers that only add. So
 * it cannot deadlock with them.
 */
@Injectable()
export class RollupBoundsRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /** Waits for other transactions that renew bounds. Call it before the deltas are added. */
  async lock(transaction: Transaction): Promise<void> {
    await transaction.query(LOCK_BOUNDS);
  }

  /** @param left deltas that are added, with the times of calls that left */
  async renew(transaction: Transaction, left: readonly RollupDelta[]): Promise<void> {
    const stale = await this.withStaleBounds(transaction, left);
    if (stale.length === 0) return;
    await this.renewRollups(transaction, stale);
    await this.renewTotals(transaction, stale);
  }

  /**
   * The cells in which a lane has the time of a call that left as its first or last time. A lane stores exact times of
   * its calls, so they can be compared for equality.
   */
  private async withStaleBounds(
    transaction: Transaction,
    cells: readonly RollupDelta[],
  ): Promise<RollupDelta[]> {
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

  private async renewRollups(transaction: Transaction, cells: readonly RollupDelta[]): Promise<void> {
    const { rows: locked } = await transaction.query<LockedLane & Record<string, unknown>>({
      ...LOCK_LANES,
      values: cellsOf(cells),
    });
    await this.nodes.awaitCommits(transaction);
    // This is read after the locks, to see what others committed before they released their lanes.
    const lanes = await this.lanesOf(transaction, cells);
    const bounds: (Bounds | undefined)[] = [];
    for (const [index, cell] of cells.entries()) {
      const calls = lanes.filter((row) => row.place === index + 1).reduce((sum, row) => sum + row.calls, 0);
      const found = calls === 0 ? NO_BOUNDS : await this.boundsOf(transaction, cell);
      // The cell's other calls were deleted by an erasure or by retention. The times that they left are the best ones
      // known.
      bounds.push(calls > 0 && found.first === null ? undefined : found);
    }
    // A lane that was added since is left unchanged. It has the times of its own calls, which may not be visible here.
    const rows = locked.flatMap(({ place, lane }) => {
      const [cell, times] = [cells[place - 1], bounds[place - 1]];
      return cell === undefined || times === undefined ? [] : [{ cell, lane, times }];
    });
    const values = [
      ...cellsOf(rows.map(({ cell }) => cell)),
      rows.map(({ lane }) => lane),
      rows.map(({ times }) => times.first),
      rows.map(({ times }) => times.last),
    ];
    await transaction.query({ ...SET_BOUNDS, values });
  }

  /** The totals whose first or last call left, too, get the first and last times of their rollups. */
  private async renewTotals(transaction: Transaction, cells: readonly RollupDelta[]): Promise<void> {
    const lost = cells.flatMap(({ lostTimes }) => [...lostTimes].map((time) => new Date(time)));
    const names = [
      cells.map(({ taskId }) => taskId),
      cells.map(({ batchId }) => batchId),
      cells.map(({ source }) => source),
    ];
    const { rows: locked } = await transaction.query<LockedTotals & Record<string, unknown>>({
      ...LOCK_TOTALS,
      values: [...names, lost],
    });
    if (locked.length === 0) return;
    const values = [
      locked.map(({ task_id }) => task_id),
      locked.map(({ batch_id }) => batch_id),
      locked.map(({ source }) => source),
      locked.map(({ lane }) => lane),
    ];
    await transaction.query({ ...SET_TOTALS, values });
  }

  private async lanesOf(transaction: Transaction, cells: readonly RollupDelta[]): Promise<LaneRow[]> {
    const statement = { ...SELECT_LANES, values: cellsOf(cells) };
    return (await transaction.query<LaneRow & Record<string, unknown>>(statement)).rows;
  }

  /**
   * The times of the cell's first and last call. Two index scans in time order each stop at the first match, so that
   * they do not read the whole quarter-hour.
   */
  private async boundsOf(transaction: Transaction, cell: RollupDelta): Promise<Bounds> {
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
      `${INTENT_OF_CALL} = $${values.push(cell.majorIntent)}`,
    ].join(' AND ');
    const end = (order: string) =>
      `(SELECT occurred_at FROM calls WHERE ${where} ORDER BY occurred_at ${order} LIMIT 1)`;
    const text = `SELECT ${end('ASC')} AS first, ${end('DESC')} AS last`;
    const { rows } = await transaction.query<Bounds & Record<string, unknown>>({ text, values });
    return rows[0] ?? NO_BOUNDS;
  }
}

/** The parameters of {@link CELLS}. */
function cellsOf(cells: readonly RollupDelta[]): unknown[] {
  return [cells.map(groupKey), cells.map(({ bucketStart }) => new Date(bucketStart))];
}
