// The range of time that the address names in, the instants it means now and how to divide it out.
import type { Query } from '../state/route.js';
import { date } from './format.js';

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = 15 * MINUTE_MS;

/** Spans that end now. */
export const SPANS = {
  '5m': 5 * MINUTE_MS,
  '15m': QUARTER_MS,
  '1h': HOUR_MS,
  '3h': 3 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
  '365d': 365 * DAY_MS,
} as const;
export type Span = keyof typeof SPANS;

export type Interval = '1m' | '15m' | 'hour' | 'day' | 'week';
const STEP_MS: Readonly<Record<Interval, number>> = {
  '1m': MINUTE_MS,
  '15m': QUARTER_MS,
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
};

/** Epoch milliseconds, half-open. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly interval: Interval;
}

export function isSpan(text: string | undefined): text is Span {
  return text !== undefined && text in SPANS;
}

/**
 * @param query with `span`, or `from` and `to` as ISO 8601
 * @param otherwise what neither means
 */
export function rangeOf(query: Query, now: number, otherwise: Span): Range {
  const [from, to] = [Date.parse(query['from'] ?? ''), Date.parse(query['to'] ?? '')];
  if (from < to) return aligned(from, to);
  const span = isSpan(query['span']) ? query['span'] : otherwise;
  return aligned(now - SPANS[span], now);
}

/** The range, widened to where intervals begin and end. */
function aligned(from: number, to: number): Range {
  const interval = intervalFor(to - from);
  const step = interval === '1m' ? MINUTE_MS : QUARTER_MS;
  // Whole days of the zone: a day's bar is not cut in the middle.
  if (STEP_MS[interval] >= DAY_MS) {
    return { from: startOfDay(from), to: Math.ceil(to / QUARTER_MS) * QUARTER_MS, interval };
  }
  const size = Math.max(step, STEP_MS[interval]);
  const end = Math.ceil(to / step) * step;
  return { from: Math.floor(from / size) * size, to: end, interval };
}

function intervalFor(ms: number): Interval {
  if (ms <= 3 * HOUR_MS) return '1m';
  if (ms <= 2 * DAY_MS) return '15m';
  if (ms <= 14 * DAY_MS) return 'hour';
  return ms <= 400 * DAY_MS ? 'day' : 'week';
}

/** The first instant of the day in the person's zone; its quarter-hour, where days begin between two. */
export function startOfDay(instant: number): number {
  const today = date(instant);
  let start = Math.floor(instant / QUARTER_MS) * QUARTER_MS;
  // By hours, then by quarters: clocks may change within the day.
  while (date(start - HOUR_MS) === today) start -= HOUR_MS;
  while (date(start - QUARTER_MS) === today) start -= QUARTER_MS;
  return start;
}

export function stepOf(interval: Interval): number {
  return STEP_MS[interval];
}

/** The range of the same length before it. */
export function before({ from, to, interval }: Range): Range {
  const step = interval === '1m' ? MINUTE_MS : STEP_MS[interval];
  const length = Math.ceil((to - from) / step) * step;
  return { from: from - length, to: to - length, interval };
}

export function iso(instant: number): string {
  return new Date(instant).toISOString();
}
