// Decides how a page of calls is found that were received in a range of time.
//
// A list is in the order of the calls' own times. PostgreSQL can walk that order until the page is full, or read all calls
// of the range and sort them. It expects the calls of a range to be spread evenly over that order, so it walks. But
// they stand together, and the walk may pass millions of other calls before it comes to the first of them.
import type { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import type { CallFilter } from './call-filter.js';

/** To read and sort one call takes as long as to pass this number of them (0.9 and 0.3 µs). */
const PASSED_PER_SORTED = 3;
/** So few calls are sorted within 2 ms. */
const FEW = 2000;
/** For a page that is not the first one. Its walk begins among the calls, but nobody knows whether it ends there. */
const FEW_LATER = 20_000;

/** The part of an answer to EXPLAIN that is read here. */
interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }];
}

/**
 * Whether a page is found sooner if all received calls are read and sorted. It takes two statements of some 0.3 ms to know.
 *
 * @param isFirst whether the page is the first one
 */
export async function areSorted(
  database: ReadingDatabase,
  { receivedFrom, receivedTo }: CallFilter,
  order: 'asc' | 'desc',
  isFirst: boolean,
): Promise<boolean> {
  if (receivedFrom === undefined && receivedTo === undefined) return false;
  const received = await expectedCalls(database, receivedFrom, receivedTo);
  if (received <= (isFirst ? FEW : FEW_LATER)) return true;
  if (!isFirst) return false;
  const [from, to] = order === 'desc' ? [receivedTo, undefined] : [undefined, receivedFrom];
  if (from === undefined && to === undefined) return false;
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
