// Questions about what calls add up to.
import type { SumFilter } from '../state/travel.js';
import type { Range } from '../time/range.js';
import { iso } from '../time/range.js';
import { timeZone } from '../state/preferences.js';
import type { paths } from '../generated/api.js';
import { type Answer, answerOf, api, type Schemas } from './client.js';

export type StatsRow = Schemas['CallStatsRow'];
type StatsQuery = NonNullable<paths['/v1/stats/calls']['get']['parameters']['query']>;
/** A field whose values sums can be asked by. */
export type Grouping = NonNullable<StatsQuery['groupBy']>[number];
/** As they stand in an address. */
export type Filters = Readonly<Partial<Record<SumFilter, string>>>;
type Ends = Pick<Range, 'from' | 'to'>;

/** Sums by the range's intervals, every one of them. */
export async function overTime(
  range: Range,
  signal: AbortSignal,
  filter: Filters = {},
): Promise<Answer<StatsRow[]>> {
  const query = { ...bounds(range), interval: range.interval, fill: true, ...listsOf(filter) };
  return rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
}

/** As {@link overTime}, by result; intervals without calls are left out. */
export async function resultsOverTime(
  range: Range,
  signal: AbortSignal,
  filter: Filters = {},
): Promise<Answer<StatsRow[]>> {
  const query = {
    ...bounds(range),
    interval: range.interval,
    groupBy: ['smartStatusCode' as const],
    ...listsOf(filter),
  };
  return rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
}

/** Sums of a range by the values of a field; without one, of all of it. */
export async function sumsBy(
  groupBy: Grouping | undefined,
  range: Ends | undefined,
  signal: AbortSignal,
  filter: Filters = {},
): Promise<Answer<StatsRow[]>> {
  const query = {
    ...(range !== undefined && bounds(range)),
    ...(groupBy !== undefined && { groupBy: [groupBy] }),
    ...listsOf(filter),
  };
  return rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
}

/** As the API takes them. */
function listsOf(filter: Filters) {
  return Object.fromEntries(Object.entries(filter).map(([name, text]) => [name, [text]]));
}

function bounds({ from, to }: Ends) {
  return { from: iso(from), to: iso(to), timeZone: timeZone.value };
}

export async function rowsOf(asked: Promise<Answer<{ data: StatsRow[] }>>): Promise<Answer<StatsRow[]>> {
  const { data, problem } = await asked;
  return problem === undefined ? { data: data.data } : { problem };
}

export interface Sum {
  readonly calls: number;
  readonly answered: number;
  readonly answerRate: number | null;
  readonly talked: number;
  readonly averageTalk: number | null;
}

export function sumOf(rows: readonly StatsRow[]): Sum {
  const add = (value: (row: StatsRow) => number) => rows.reduce((sum, row) => sum + value(row), 0);
  const calls = add((row) => row.calls);
  const answered = add((row) => row.answered);
  const talked = add((row) => row.totalDuration);
  return {
    calls,
    answered,
    answerRate: calls === 0 ? null : answered / calls,
    talked,
    averageTalk: answered === 0 ? null : talked / answered,
  };
}
