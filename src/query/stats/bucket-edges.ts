// Computes the instants at which the buckets of a range begin and end in an IANA zone. Only this file has these
// rules:
// - Days, weeks (from Monday) and months begin when the zone's clocks first show their first midnight. If the
//   clocks skip that midnight, the day begins at the change. A date that the clocks skip has no bucket. A date that
//   they show twice has one bucket.
// - Hours and quarter-hours begin whenever the clocks show a full one, and at a change that skips one. An hour that
//   the clocks show twice has two buckets. When clocks are put back by half an hour (Lord Howe), they show the full
//   hour once, and that bucket has 90 minutes. When they are put forward by half an hour, the hour in which the
//   change ends has 30 minutes.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ZoneClock } from './zone-clock.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { instantOf } from '../../http/parameters/instant-text.js';
import type { ProblemDetail } from '../../http/problems/problem.dto.js';

export const INTERVALS = ['15m', 'hour', 'day', 'week', 'month'] as const;
export type Interval = (typeof INTERVALS)[number];

const QUARTER_HOUR_MS = 900_000;
const HOUR_MS = 4 * QUARTER_HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** Local milliseconds of the first Monday after 1 January 1970, a Thursday. */
const A_MONDAY_MS = 4 * DAY_MS;

/**
 * Edges that are computed before other requests get their turn: there is one thread, and 10,000 months take 0.18 s.
 */
const EDGES_A_TURN = 500;

/**
 * Returns the edges of the buckets that cover [from, to), in epoch milliseconds. Each bucket ends where the next
 * one begins. The first edge is the latest start of a bucket that is not after `from`. The last edge is the first
 * one that is not before `to`.
 *
 * @param from epoch milliseconds, before `to`
 * @param most the most buckets. If there are more, a few edges more than allowed are returned, so that the caller
 *   sees it.
 */
export async function bucketEdges(
  interval: Interval,
  zone: string,
  from: number,
  to: number,
  most: number,
): Promise<number[]> {
  const edges: number[] = [];
  for (const start of bucketStarts(interval, new ZoneClock(zone), from)) {
    if (start <= from) edges[0] = start;
    else edges.push(start);
    if (start >= to || edges.length > most + 1) return edges;
    if (edges.length % EDGES_A_TURN === 0) await nextTurn();
  }
  return edges;
}

/** Yields the starts of buckets in increasing order, without end. The first one is not after `from`. */
function bucketStarts(interval: Interval, clock: ZoneClock, from: number): Generator<number> {
  if (interval === '15m') return clockStarts(QUARTER_HOUR_MS, clock, from);
  if (interval === 'hour') return clockStarts(HOUR_MS, clock, from);
  return dateStarts(interval, clock, from);
}

function* clockStarts(unit: number, clock: ZoneClock, from: number): Generator<number> {
  let before: number | undefined;
  // One day before is early enough: even when clocks are put back, they show a full hour again within a day.
  for (const run of clock.runsFrom(from - DAY_MS)) {
    const first = nextMultiple(unit, run.from + run.offset) - run.offset;
    const jumpsOver =
      before !== undefined &&
      nextMultiple(unit, run.from + before) < nextMultiple(unit, run.from + run.offset);
    if (jumpsOver && first !== run.from) yield run.from;
    for (let start = first; start < run.to; start += unit) yield start;
    before = run.offset;
  }
}

function nextMultiple(unit: number, value: number): number {
  return Math.ceil(value / unit) * unit;
}

type DateInterval = Exclude<Interval, '15m' | 'hour'>;

function* dateStarts(interval: DateInterval, clock: ZoneClock, from: number): Generator<number> {
  let last = -Infinity;
  let date = firstMidnight(interval, from + clock.offsetAt(from));
  for (;;) {
    const start = clock.firstShowing(date);
    if (start > last) yield start;
    last = start;
    date = nextMidnight(interval, date);
  }
}

/** Returns the first midnight of the day, week or month that contains a local time; local milliseconds. */
function firstMidnight(interval: DateInterval, localMs: number): number {
  if (interval === 'day') return Math.floor(localMs / DAY_MS) * DAY_MS;
  if (interval === 'week') return Math.floor((localMs - A_MONDAY_MS) / WEEK_MS) * WEEK_MS + A_MONDAY_MS;
  const date = new Date(localMs);
  date.setUTCDate(1);
  return date.setUTCHours(0, 0, 0, 0);
}

function nextMidnight(interval: DateInterval, midnight: number): number {
  if (interval === 'day') return midnight + DAY_MS;
  if (interval === 'week') return midnight + WEEK_MS;
  const date = new Date(midnight);
  return date.setUTCMonth(date.getUTCMonth() + 1);
}

/** A range in epoch milliseconds. It is open where an end is undefined. */
export interface Range {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * Reads a range whose ends are on quarter-hours of UTC.
 *
 * @param zone IANA name, for dates without a time
 * @throws InvalidParametersException when an end is not on a quarter-hour
 */
export function rangeOf(from: string | undefined, to: string | undefined, zone: string): Range {
  const range = endsOf(from, to, zone);
  const errors = Object.entries(range).flatMap(([path, instant]) => offQuarter(path, instant));
  if (errors.length > 0) throw new InvalidParametersException(errors);
  return range;
}

/** @param zone IANA name, for dates without a time */
export function endsOf(from: string | undefined, to: string | undefined, zone: string) {
  return {
    from: from === undefined ? undefined : instantOf(from, zone),
    to: to === undefined ? undefined : instantOf(to, zone),
  };
}

function offQuarter(path: string, instant: number | undefined): ProblemDetail[] {
  if (instant === undefined || isOnQuarter(instant)) return [];
  const before = Math.floor(instant / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const message = `is ${iso(instant)}, which is not on a quarter-hour of UTC; the nearest are ${iso(before)} and ${iso(before + QUARTER_HOUR_MS)}`;
  return [{ path, message }];
}

/**
 * @param edges the edges of the buckets of a range
 * @throws InvalidParametersException when an edge is not on a quarter-hour
 */
export function checkEdges(edges: readonly number[], interval: Interval, zone: string): void {
  const wrong = edges.find((edge) => !isOnQuarter(edge));
  if (wrong === undefined) return;
  const message = `cannot be ${zone} here: with interval ${interval}, a part of the range would begin at ${iso(wrong)}, which is not on a quarter-hour of UTC`;
  throw new InvalidParametersException([{ path: 'timeZone', message }]);
}

export function isOnQuarter(instant: number): boolean {
  return instant % QUARTER_HOUR_MS === 0;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
