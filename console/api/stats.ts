// Questions about what calls add up to.
import type { SumFilter } from '../state/travel.js';
import type { Range } from '../time/range.js';
import { MINUTE_MS } from '../time/units.js';
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
const QUARTER_MS = 15 * MINUTE_MS;
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
  const isWhole = range === undefined || [range.from, range.to].every((end) => end % QUARTER_MS === 0);
  const query = {
    ...(range !== undefined && bounds(range)),
    ...(groupBy !== undefined && { groupBy: [groupBy] }),
    // The API has sums of whole quarters of an hour. Other ranges, which are short, it has for comparisons alone.
    ...(!isWhole && { compare: 'previous' as const }),
    ...listsOf(filter),
  };
  const answer = await rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
  if (isWhole || answer.data === undefined) return answer;
  return { data: answer.data.filter(({ calls }) => calls > 0) };
}

/** The sums of two periods by the values of a field. */
export type ComparedRow = StatsRow & Required<Pick<StatsRow, 'previous' | 'change'>>;
export interface Compared {
  readonly rows: readonly ComparedRow[];
  readonly total: NonNullable<Schemas['CallStats']['total']>;
}

/** Those with the greatest effect on the answer rate of all first. */
export async function comparedBy(
  groupBy: Grouping,
  range: Ends,
  past: Ends,
  signal: AbortSignal,
  filter: Filters = {},
): Promise<Answer<Compared>> {
  const query = {
    ...bounds(range),
    ...{ groupBy: [groupBy], compare: 'previous' as const },
    ...{ previousFrom: iso(past.from), previousTo: iso(past.to) },
    ...listsOf(filter),
  };
  const { data, problem } = await answerOf(api.GET('/v1/stats/calls', { params: { query }, signal }));
  if (problem !== undefined) return { problem };
  const rows = data.data.flatMap(({ previous, change, ...row }) =>
    previous === undefined || change === undefined ? [] : [{ ...row, previous, change }],
  );
  if (data.total === undefined) throw new Error('a comparison without a total');
  return { data: { rows, total: data.total } };
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
