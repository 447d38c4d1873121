// Decides how to find the first page of the calls that were received in a range of time.
//
// A list is in the order of the calls' own times. PostgreSQL can walk that order until the page is full, or read all calls
// of the range and sort them. It expects the calls of a range to be spread evenly over that order, so it walks. But
// they stand together, and the walk may pass millions of other calls before it comes to the first of them.
import type { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import type { CallFilter } from './call-filter.js';

/** To read and sort one call takes as long as to pass this number of them (0.9 and 0.3 µs). */
const PASSED_PER_SORTED = 3;
/** With one of these, PostgreSQL finds the calls by an index of their own. */
const INDEXED = [
  ...['taskId', 'batchId', 'detailId', 'outId', 'callId', 'callee', 'calleeEndsWith', 'hasWarnings'],
] as const satisfies readonly (keyof CallFilter)[];

/** The part of an answer to EXPLAIN that is read here. */
interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }];
}

/**
 * Whether the first page is found sooner if all received calls are read and sorted. To know that takes up to two statements
 * of some 0.3 ms.
 */
export async function areSorted(
  database: ReadingDatabase,
  filter: CallFilter,
  order: 'asc' | 'desc',
): Promise<boolean> {
  const { receivedFrom, receivedTo } = filter;
  // The walk begins with the newest calls, or with the oldest, unless it begins at a time that was asked for.
  const [from, to, beginning] =
    order === 'desc' ? [receivedTo, undefined, filter.to] : [undefined, receivedFrom, filter.from];
  if ((from ?? to) === undefined || beginning !== undefined) return false;
  if (INDEXED.some((name) => filter[name] !== undefined)) return false;
  const received = await expectedCalls(database, receivedFrom, receivedTo);
  return (await expectedCalls(database, from, to)) > received * PASSED_PER_SORTED;
}

/** How many calls PostgreSQL expects to have been received in a range of epoch milliseconds, from its statistics. */
async function expectedCalls(
  database: ReadingDatabase,
  from: number | undefined,
  to: number | undefined,
): Promise<number> {
  const sql = new SqlConditions();
  sql.between('last_received_at', from, to);
  const text = `EXPLAIN (FORMAT JSON) SELECT FROM calls ${sql.where}`;
  const [row] = await database.read<Explained>({ text, values: sql.values });
  return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}
