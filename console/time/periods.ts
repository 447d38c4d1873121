// Days, weeks and months of the zone's calendar, by the names that addresses have for them.
import { daysLater, dayNumber, startOfDay, startOfDayNumber } from './local.js';
import { DAY_MS } from './units.js';

export const PERIODS = ['today', 'yesterday', 'thisWeek', 'lastWeek', 'thisMonth'] as const;
export type Period = (typeof PERIODS)[number];

interface Bounds {
  /** Epoch milliseconds, half-open. */
  readonly from: number;
  /** Undefined: it is not over. */
  readonly to?: number;
  /** Days to the period that it is compared with. */
  readonly back: number;
}

export function isPeriod(text: string | undefined): text is Period {
  return PERIODS.some((period) => period === text);
}

export function periodOf(period: Period, now: number, zone: string): Bounds {
  const today = startOfDay(now, zone);
  const day = dayNumber(now, zone);
  // 1970-01-01 was a Thursday; weeks begin with Monday.
  const monday = startOfDayNumber(day - ((day + 3) % 7), zone);
  switch (period) {
    case 'today':
      return { from: today, back: 1 };
    case 'yesterday':
      return { from: daysLater(today, -1, zone), to: today, back: 1 };
    case 'thisWeek':
      return { from: monday, back: 7 };
    case 'lastWeek':
      return { from: daysLater(monday, -7, zone), to: monday, back: 7 };
    case 'thisMonth':
      return monthOf(day, zone);
  }
}

/** Compared with as many days of the month before: both begin with the first. */
function monthOf(day: number, zone: string): Bounds {
  const date = new Date(day * DAY_MS);
  const first = day - date.getUTCDate() + 1;
  const before = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 0));
  return { from: startOfDayNumber(first, zone), back: before.getUTCDate() };
}
