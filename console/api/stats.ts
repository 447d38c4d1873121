// Questions about what calls add up to.
import type { Range } from '../time/range.js';
import { iso } from '../time/range.js';
import { timeZone } from '../state/preferences.js';
import { type Answer, answerOf, api, type Schemas } from './client.js';

export type StatsRow = Schemas['CallStatsRow'];

/** Sums by the range's intervals, every one of them. */
export async function overTime(
  range: Range,
  signal: AbortSignal,
  filter: { taskId?: string[] } = {},
): Promise<Answer<StatsRow[]>> {
  const query = { ...bounds(range), interval: range.interval, fill: true, ...filter };
  return rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
}

/** As {@link overTime}, by result; intervals without calls are left out. */
export async function resultsOverTime(range: Range, signal: AbortSignal): Promise<Answer<StatsRow[]>> {
  const groupBy: 'smartStatusCode'[] = ['smartStatusCode'];
  const query = { ...bounds(range), interval: range.interval, groupBy };
  return rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })));
}

function bounds({ from, to }: Range) {
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
