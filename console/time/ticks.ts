// Where the ticks of a time axis stand: at full hours, midnights and firsts of months of a zone, whatever the browser's own zone is.
import { clockTimes, dayNumber, startOfDay, startOfDayNumber } from './local.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './units.js';

const CLOCK_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
];
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000];
const SHORTEST_MONTH_MS = 28 * DAY_MS;
/** 1970-01-05, the first Monday of all day numbers. */
const FIRST_MONDAY = 4;

/**
 * @param from epoch milliseconds, as `to`; both ends may have a tick
 * @param least milliseconds from one tick to the next; a change of the clocks may bring two nearer together
 */
export function timeTicks(from: number, to: number, least: number, zone: string): number[] {
  const clockStep = CLOCK_STEPS.find((step) => step >= least);
  if (clockStep !== undefined) return clockTimes(from, to, clockStep, zone);
  const days = DAY_STEPS.find((count) => count * DAY_MS >= least);
  const starts =
    days !== undefined
      ? everyDays(days, from, to, zone)
      : everyMonths(
          MONTH_STEPS.find((count) => count * SHORTEST_MONTH_MS >= least) ?? 12_000,
          from,
          to,
          zone,
        );
  return starts.filter((at) => at >= from && at <= to);
}

function everyDays(step: number, from: number, to: number, zone: string): number[] {
  const first = Math.ceil((dayNumber(from, zone) - FIRST_MONDAY) / step) * step + FIRST_MONDAY;
  const starts: number[] = [];
  for (let day = first; day <= dayNumber(to, zone); day += step) starts.push(startOfDayNumber(day, zone));
  return starts;
}

function everyMonths(step: number, from: number, to: number, zone: string): number[] {
  const first = Math.ceil(monthNumber(from, zone) / step) * step;
  const starts: number[] = [];
  for (let month = first; month <= monthNumber(to, zone); month += step) {
    const day = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12) / DAY_MS;
    starts.push(startOfDayNumber(day, zone));
  }
  return starts;
}

/** Months since the year 0. */
function monthNumber(at: number, zone: string): number {
  const day = new Date(dayNumber(at, zone) * DAY_MS);
  return day.getUTCFullYear() * 12 + day.getUTCMonth();
}

/** What a tick is called: the year, the day, or the time of the day. @param step from one tick to the next */
export function tickKind(at: number, step: number, zone: string): 'year' | 'day' | 'clock' {
  if (startOfDay(at, zone) !== at) return 'clock';
  return step >= SHORTEST_MONTH_MS && monthNumber(at, zone) % 12 === 0 ? 'year' : 'day';
}
