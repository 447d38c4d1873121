// The range of time that the address names in, the instants it means now and how to divide it out.
import { datesIn, daysLater, instantOf, startOfDay, startOfHour } from './local.js';
import { isPeriod, type Period, periodOf } from './periods.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './units.js';

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

type Interval = '1m' | '15m' | 'hour' | 'day' | 'week';

/** Epoch milliseconds, half-open. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly interval: Interval;
  /** Days to the range that it is compared with; not given: that before it, as long as it is. */
  readonly back?: number;
}

/** Why an address means no range that could be summed up. */
type RangeFault = 'unreadable' | 'noBeginning' | 'reversed';

export type Chosen =
  | { readonly range: Range; readonly fault?: never; readonly text?: never }
  | { readonly range?: never; readonly fault: RangeFault; readonly text: string };

/** Of the address. */
interface Ends {
  readonly span?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function isSpan(text: string | undefined): text is Span {
  return text !== undefined && Object.hasOwn(SPANS, text);
}

/** Whether an address may have it as its span. */
export function isNamed(text: string | undefined): text is Span | Period {
  return isSpan(text) || isPeriod(text);
}

/**
 * @param ends `from` and `to` as {@link instantOf} reads them, an open `to` is now; without both, a span
 * @param otherwise what none of them means
 */
export function rangeOf(ends: Ends, now: number, otherwise: Span, zone: string): Chosen {
  const { span, from = '', to = '' } = ends;
  if (from === '' && to === '') {
    if (isPeriod(span)) return { range: rangeOfPeriod(span, now, zone) };
    return { range: spanUntil(now, isSpan(span) ? SPANS[span] : SPANS[otherwise], zone) };
  }
  const [start, end] = [from, to].map((text) => (text === '' ? now : instantOf(text, zone)));
  if (start === undefined || end === undefined)
    return { fault: 'unreadable', text: start === undefined ? from : to };
  if (from === '') return { fault: 'noBeginning', text: to };
  return start < end ? { range: aligned(start, end, zone) } : { fault: 'reversed', text: from };
}

function spanUntil(now: number, ms: number, zone: string): Range {
  // By dates: across a change of the clocks, the hours of so many days begin on the day before.
  const isOfDays = isDated(intervalFor(ms));
  return aligned(isOfDays ? daysLater(now, -ms / DAY_MS, zone) : now - ms, now, zone);
}

function rangeOfPeriod(period: Period, now: number, zone: string): Range {
  const { from, to, back } = periodOf(period, now, zone);
  return { ...aligned(from, to ?? Math.max(now, from + MINUTE_MS), zone), back };
}

/** The range, widened to where intervals begin and end. */
export function aligned(from: number, to: number, zone: string): Range {
  const interval = intervalFor(to - from);
  const step = stepOf(interval);
  return { from: startIn(interval, from, zone), to: Math.ceil(to / step) * step, interval };
}

/** A bar is not cut at its beginning. */
function startIn(interval: Interval, from: number, zone: string): number {
  if (isDated(interval)) return startOfDay(from, zone);
  if (interval === 'hour') return startOfHour(from, zone);
  return Math.floor(from / stepOf(interval)) * stepOf(interval);
}

function intervalFor(ms: number): Interval {
  if (ms <= 3 * HOUR_MS) return '1m';
  if (ms <= 2 * DAY_MS) return '15m';
  if (ms <= 14 * DAY_MS) return 'hour';
  return ms <= 400 * DAY_MS ? 'day' : 'week';
}

/** Of dates of the zone rather than of so many hours. */
function isDated(interval: Interval): boolean {
  return interval === 'day' || interval === 'week';
}

/** On what the API takes ends of ranges. */
function stepOf(interval: Interval): number {
  return interval === '1m' ? MINUTE_MS : QUARTER_MS;
}

/** The range without what has not happened yet, so that it can be compared with one that has happened. */
export function untilNow(range: Range, now: number): Range {
  const step = stepOf(range.interval);
  const to = Math.min(range.to, Math.floor(now / step) * step);
  return to > range.from ? { ...range, to } : range;
}

/**
 * The range before it, with as many intervals; of more than a day, at the same times of the day. Those by hours and shorter
 * are as long in hours, too, those by days and weeks in dates.
 */
export function before({ from, to, interval, back }: Range, zone: string): Range {
  if (back !== undefined)
    return { from: daysLater(from, -back, zone), to: daysLater(to, -back, zone), interval };
  if (isDated(interval)) {
    const dates = datesIn(from, to, zone);
    const days = interval === 'week' ? Math.ceil(dates / 7) * 7 : dates;
    return { from: daysLater(from, -days, zone), to: daysLater(to, -days, zone), interval };
  }
  const length = to - from;
  // Less than an hour beyond whole days is what the beginning was widened by.
  const whole = interval === 'hour' ? HOUR_MS : stepOf(interval);
  const shift =
    length < DAY_MS
      ? Math.ceil(length / whole) * whole
      : Math.floor((length + DAY_MS - HOUR_MS) / DAY_MS) * DAY_MS;
  return { from: from - shift, to: to - shift, interval };
}

export function iso(instant: number): string {
  return new Date(instant).toISOString();
}
