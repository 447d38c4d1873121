// What clocks and calendars of a zone show in, the instants (epoch milliseconds) that it means out; and back.
import { DAY_MS, HOUR_MS, MINUTE_MS } from './units.js';

const FIRST_ZONES = Date.UTC(1900, 0);
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** A `+` that was not escaped in an address arrives as a space. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:?\d{2})$/;

/** @returns `2025-06-01T09:59`; empty when there is none */
export function toLocal(iso: string | undefined, zone: string): string {
  const at = instantOf(iso ?? '', zone);
  return at === undefined ? '' : new Date(faceAt(at, zone)).toISOString().slice(0, 16);
}

/** @returns ISO 8601 in UTC; undefined for an empty field. Where the clocks skip it, an instant near to it. */
export function fromLocal(text: string, zone: string): string | undefined {
  const face = Date.parse(`${text}Z`);
  return Number.isNaN(face) ? undefined : new Date(showing(face, zone)).toISOString();
}

/**
 * @param text of an address, as the API reads it: ISO 8601 with an offset, or a date, which means its first moment
 * @returns undefined when it is neither
 */
export function instantOf(text: string, zone: string): number | undefined {
  const [, local, offset] = DATE_TIME.exec(text) ?? [];
  if (local !== undefined && offset !== undefined) return known(Date.parse(local + offset.replace(' ', '+')));
  const face = DATE.test(text) ? known(Date.parse(`${text}T00:00Z`)) : undefined;
  return face === undefined ? undefined : startOfDate(face, zone);
}

function known(at: number): number | undefined {
  return Number.isNaN(at) ? undefined : at;
}

/** The first instant of the day. */
export function startOfDay(at: number, zone: string): number {
  return startOfDayNumber(dayNumber(at, zone), zone);
}

/** The same time of the day, days later; the day's first, or an instant near to it, where the clocks skip it. */
export function daysLater(at: number, days: number, zone: string): number {
  const face = faceAt(at, zone) + days * DAY_MS;
  return Math.max(showing(face, zone), startOfDate(Math.floor(face / DAY_MS) * DAY_MS, zone));
}

/** How many dates the zone's calendar shows in a range, half-open. */
export function datesIn(from: number, to: number, zone: string): number {
  return dayNumber(to - 1, zone) - dayNumber(from, zone) + 1;
}

/** The full hour of the zone's clocks at or before an instant. */
export function startOfHour(at: number, zone: string): number {
  const offset = offsetAt(at, zone);
  return Math.floor((at + offset) / HOUR_MS) * HOUR_MS - offset;
}

/** Days of the zone's calendar since 1970-01-01. */
export function dayNumber(at: number, zone: string): number {
  return Math.floor(faceAt(at, zone) / DAY_MS);
}

/** The first instant of a day of {@link dayNumber}. */
export function startOfDayNumber(day: number, zone: string): number {
  return startOfDate(day * DAY_MS, zone);
}

/** The instants of a range, ends included, at which the zone's clocks show a multiple of a step that divides the day. */
export function clockTimes(from: number, to: number, step: number, zone: string): number[] {
  const times: number[] = [];
  const last = faceAt(to, zone);
  for (let face = Math.ceil(faceAt(from, zone) / step) * step; face <= last; face += step) {
    const isMidnight = face % DAY_MS === 0;
    const at = isMidnight ? startOfDate(face, zone) : showing(face, zone);
    // The clocks may skip a time.
    if (!isMidnight && faceAt(at, zone) !== face) continue;
    if (at >= from && at <= to && at > (times.at(-1) ?? -Infinity)) times.push(at);
  }
  return times;
}

/** @param midnight local milliseconds. Where the clocks skip it, or show it twice, the first instant of the date. */
function startOfDate(midnight: number, zone: string): number {
  const isBefore = (at: number) => faceAt(at, zone) < midnight;
  // By hours, then by quarters, which all clocks change at.
  let start = showing(midnight, zone);
  while (isBefore(start)) start += 15 * MINUTE_MS;
  while (!isBefore(start - HOUR_MS)) start -= HOUR_MS;
  while (!isBefore(start - 15 * MINUTE_MS)) start -= 15 * MINUTE_MS;
  return start;
}

/** An instant at which the zone's clocks show local milliseconds, or one near to it. */
function showing(face: number, zone: string): number {
  const near = face - offsetAt(face, zone);
  return face - offsetAt(near, zone);
}

/** What the zone's clocks show; milliseconds as if it were UTC. */
function faceAt(at: number, zone: string): number {
  return at + offsetAt(at, zone);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the zone's clocks are ahead of UTC by; milliseconds. Before there were zones, nothing. */
function offsetAt(at: number, zone: string): number {
  if (at < FIRST_ZONES) return 0;
  const parts = formatIn(zone).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const face = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return face - Math.floor(at / 1000) * 1000;
}

/** To make one takes longer than to use it. */
function formatIn(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
