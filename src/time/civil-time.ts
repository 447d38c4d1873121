// The fields of a date and time in, milliseconds out, with no zone involved.

/** A calendar date and a time of day as they were written. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/**
 * @returns the time as if it were UTC, in milliseconds since 1970; undefined when the calendar has no such date
 *   (30 February) or the day no such time (24:00, second 60), or for the year 0, which SQL does not know
 */
export function civilToMs(time: CivilTime): number | undefined {
  const { year, month, day, hour, minute, second, millisecond } = time;
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; setUTCFullYear does not.
  const ms =
    year < 100
      ? new Date(0).setUTCFullYear(year, month - 1, day) +
        ((hour * 60 + minute) * 60 + second) * 1000 +
        millisecond
      : Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  // A day beyond the month's end rolls over into the next month; only the 29th to 31st can.
  if (day > 28 && new Date(ms).getUTCDate() !== day) return undefined;
  return ms;
}

/** The first and the last instant whose year ISO 8601 writes with four digits and SQL knows; epoch milliseconds. */
export const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
export const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');
