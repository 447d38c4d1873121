// Reads the text of a time parameter as epoch milliseconds.
import { DateTime } from 'luxon';
import { civilToMs, EARLIEST_MS, LATEST_MS, OFFSET_DIGITS, offsetMinutes } from '../../time/civil-time.js';
import { timeZoneOf } from '../../time/time-zone.js';

const DATE = '([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])';
const CLOCK = '([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.]([0-9]{1,9}))?)?';
/**
 * The form of a date, or of ISO 8601 with an offset. A `+` that was not escaped in a query arrives as a space.
 * {@link isInstantText} also refuses days that the calendar does not have.
 */
export const INSTANT_FORM = new RegExp(`^${DATE}(?:T${CLOCK}(Z|[+ -]${OFFSET_DIGITS}))?$`);

/** The parts of a text that was read. */
interface Written {
  /** The date and time as if they were UTC, in milliseconds since 1970. */
  readonly localMs: number;
  /** In minutes; undefined for a date without a time. */
  readonly offset: number | undefined;
}

/** Whether a value is ISO 8601 with an offset, or a date, and exists in the calendar. */
export function isInstantText(text: unknown): text is string {
  return typeof text === 'string' && parse(text) !== undefined;
}

/**
 * @param text a text for which {@link isInstantText} is true
 * @param zone IANA name. A date means its first moment in this zone.
 * @returns epoch milliseconds within the years 1 to 9999 of UTC, because nothing in the ledger is outside them
 * @throws Error when the text is not a time
 */
export function instantOf(text: string, zone: string): number {
  const written = parse(text);
  if (written === undefined) throw new Error('instantOf() needs a text that is a time');
  const { localMs, offset } = written;
  const ms =
    offset === undefined
      ? DateTime.fromISO(text, { zone: timeZoneOf(zone) })
          .startOf('day')
          .toMillis()
      : localMs - offset * 60_000;
  return Math.min(Math.max(ms, EARLIEST_MS), LATEST_MS);
}

function parse(text: string): Written | undefined {
  const match = INSTANT_FORM.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const localMs = civilToMs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  if (localMs === undefined) return undefined;
  return { localMs, offset: offset === undefined ? undefined : offsetMinutes(offset.replace(' ', '+')) };
}
