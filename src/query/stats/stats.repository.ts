// Reads call_rollups and rollup_sums for statistics. Statistics by minutes are read from the calls themselves.
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { binaryInstants } from '../../persistence/sql/array-parameters.js';
import type { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import { type Viewer, visibleTo } from '../../security/visible-sources.js';
import { SUMS, type SumsRow } from '../totals.js';
import { COLUMN_OF, type GroupField, ROLLUP_FIELDS } from './stats-query.dto.js';

/**
 * Which calls to sum. Times are epoch milliseconds, and on quarter-hours unless the calls themselves are read. The
 * range is half-open.
 */
export interface StatsFilter {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly source?: readonly string[] | undefined;
  readonly taskId?: readonly string[] | undefined;
  readonly batchId?: readonly string[] | undefined;
  readonly statusCode?: readonly string[] | undefined;
  readonly smartStatusCode?: readonly string[] | undefined;
  readonly hangupDirection?: readonly string[] | undefined;
  readonly majorIntent?: readonly string[] | undefined;
}

/** A time in the first quarter-hour that has calls, and a time in the last one. */
export interface Span {
  readonly first: Date;
  readonly last: Date;
}

export interface SumsOfGroup extends SumsRow {
  /** Counted from 0. */
  readonly bucket: number;
  /** The values of the grouping fields, in their order; empty text for calls without a value. */
  readonly group: string[];
  readonly answer_delay_ms: string;
  readonly answer_delay_calls: string;
}

/** What to sum. */
export interface SumsQuestion {
  /** What to read: the rollups by quarter-hours, or each call at its own time. */
  readonly of: 'rollups' | 'calls';
  readonly filter: StatsFilter;
  readonly viewer: Viewer;
  /** The edges between the buckets, without the two ends of the range; increasing epoch milliseconds. */
  readonly edges: readonly number[];
  readonly groupBy: readonly GroupField[];
  /** The largest number of rows. */
  readonly limit: number;
}

/**
 * Gives calls the form of rollups, by the rules of RollupDeltas. It is for bounded ranges, which the index of the times
 * finds. PostgreSQL looks intents up only if the statement names them.
 */
const FROM_CALLS = `FROM (SELECT occurred_at AS bucket_start, source, coalesce(task_id, '') AS task_id,
    coalesce(batch_id, '') AS batch_id, coalesce(status_code, '') AS status_code,
    coalesce(smart_status_code, '') AS smart_status_code, coalesce(hangup_direction, '') AS hangup_direction,
    coalesce(major_intent, '') AS major_intent,
    coalesce(caller, '') AS caller, coalesce(real_caller, '') AS real_caller,
    1 AS calls, answered::int AS answered, coalesce(duration, 0) AS duration,
    answer_delay_ms, (answer_delay_ms IS NOT NULL)::int AS answer_delay_calls
  FROM (SELECT *, CASE WHEN answered AND start_time BETWEEN originate_time - interval '1 day'
    AND originate_time + interval '1 day' THEN extract(epoch FROM start_time - originate_time) * 1000 END AS answer_delay_ms,
      (SELECT n.major_intent FROM call_notes n WHERE n.call_id = calls.call_id) AS major_intent FROM calls) AS delayed) AS each_call`;

@Injectable()
export class StatsRepository {
  /** @returns undefined when no call fits the filter */
  async span(transaction: Transaction, filter: StatsFilter, viewer: Viewer): Promise<Span | undefined> {
    const sql = conditionsOf(filter, viewer);
    // If corrections moved all calls of a row away, the row stays, with sums of 0 and without these times.
    sql.add('first_occurred_at IS NOT NULL');
    // The calls of a task or batch are within a few days, and a walk from either end would pass all others first (58 ms
    // instead of 5, for a task behind 1,000,000 rows of others).
    const from = `FROM ${isNamed(filter, viewer) ? 'call_rollups' : 'rollups'} ${sql.where}`;
    const ends =
      filter.taskId === undefined && filter.batchId === undefined
        ? `(SELECT bucket_start ${from} ORDER BY bucket_start LIMIT 1) AS first,
          (SELECT bucket_start ${from} ORDER BY bucket_start DESC LIMIT 1) AS last`
        : `min(first_occurred_at) AS first, max(last_occurred_at) AS last ${from}`;
    const text = `SELECT ${ends}`;
    const { rows } = await transaction.query<{ first: Date | null; last: Date | null }>({
      text,
      values: sql.values,
    });
    const { first, last } = rows[0] ?? { first: null, last: null };
    return first === null || last === null ? undefined : { first, last };
  }

  /**
   * Returns the sums of each bucket and group that has calls, sorted by bucket, then bytewise by the group's
   * values.
   */
  async sums(transaction: Transaction, question: SumsQuestion): Promise<SumsOfGroup[]> {
    const { of, filter, viewer, edges, groupBy, limit } = question;
    const sql = conditionsOf(filter, viewer);
    const columns = groupBy.map((field) => COLUMN_OF[field]);
    const bucket = edges.length === 0 ? '0' : bucketOf(sql, edges);
    // Without edges, width_bucket would return 0 too, but PostgreSQL would sort all rows: by all fields 1.8 s
    // instead of 0.8 s.
    const keys = edges.length === 0 ? columns : ['bucket', ...columns];
    const sorted = keys.join(', ');
    const text = `SELECT ${bucket} AS bucket, ARRAY[${columns.join(', ')}]::text[] AS "group", ${SUMS},
        sum(answer_delay_ms) AS answer_delay_ms, sum(answer_delay_calls) AS answer_delay_calls
      ${of === 'calls' ? FROM_CALLS : fromFor(filter, groupBy)} ${sql.where} ${sorted && `GROUP BY ${sorted}`}
      HAVING sum(calls) <> 0 ${sorted && `ORDER BY ${sorted}`} LIMIT ${sql.parameter(limit)}`;
    return (await transaction.query<SumsOfGroup>({ text, values: sql.values })).rows;
  }
}

/** Whether only rollups with certain names are wanted. Without names, no group needs to be looked up. */
function isNamed(filter: StatsFilter, { sources }: Viewer): boolean {
  return sources !== null || ROLLUP_FIELDS.some((field) => filter[field] !== undefined);
}

/**
 * Chooses the table. For source and time alone, `rollup_sums` is enough: over 10,000,000 calls it has a few rows a
 * quarter-hour instead of hundreds. It has no times of calls.
 */
function fromFor(filter: StatsFilter, groupBy: readonly GroupField[]): string {
  const isOfSums = (field: GroupField) => field === 'source';
  const filters = ROLLUP_FIELDS.filter((field) => filter[field] !== undefined);
  return [...groupBy, ...filters].every(isOfSums) ? 'FROM rollup_sums' : 'FROM call_rollups';
}

/**
 * SQL for the number of a bucket: 0 before the first edge. PostgreSQL finds it by binary search, which is faster
 * than a join with the buckets (0.33 s instead of 0.58 s).
 */
function bucketOf(sql: SqlConditions, edges: readonly number[]): string {
  const instants = binaryInstants(edges, (edge) => edge);
  return `width_bucket(bucket_start, ${sql.parameter(instants)}::timestamptz[])`;
}

function conditionsOf(filter: StatsFilter, viewer: Viewer): SqlConditions {
  const sql = visibleTo(viewer);
  sql.between('bucket_start', filter.from, filter.to);
  sql.oneOf('source', filter.source);
  for (const field of ROLLUP_FIELDS.filter((each) => each !== 'source')) {
    // In the rollups, empty text means that a call has no value. So it is no value to search for: the same search
    // in the calls finds nothing.
    sql.oneOf(
      COLUMN_OF[field],
      filter[field]?.filter((value) => value !== ''),
    );
  }
  return sql;
}
