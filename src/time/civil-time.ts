/** A calendar date and a time of day without a time zone. */
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
 * @returns the time as if it were UTC, in milliseconds since 1970; undefined for a date that does not exist (30
 *   February), for a time that does not exist (24:00, second 60), and for the year 0, which SQL does not have
 */
export function civilToMs(time: CivilTime): number | undefined {
  const { year, month, day, hour, minute, second, millisecond } = time;
  if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  // Date.UTC reads the years 0 to 99 as 1900 to 1999; setUTCFullYear does not.
  const ms =
    year < 100
      ? new Date(0).setUTCFullYear(year, month - 1, day) +
        ((hour * 60 + minute) * 60 + second) * 1000 +
        millisecond
      : Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  // A day after the end of the month rolls over into the next month. Only the 29th to 31st can be such a day.
  if (day > 28 && new Date(ms).getUTCDate() !== day) return undefined;
  return ms;
}

/** The first and the last instant whose year ISO 8601 writes with four digits and SQL has, in epoch milliseconds. */
export const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
export const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

const PLAIN_LENGTH = 'yyyy-MM-dd HH:mm:ss'.length;
const [HYPHEN, SPACE, COLON, ZERO] = [0x2d, 0x20, 0x3a, 0x30];

/**
 * Reads `yyyy-MM-dd HH:mm:ss` digit by digit. A regular expression and the texts of its groups take four times as long,
 * and a record has up to eight times.
 *
 * @returns the result of {@link civilToMs}; undefined also for a text of any other form
 */
export function plainDateTime(text: string): number | undefined {
  if (
    text.length !== PLAIN_LENGTH ||
    text.charCodeAt(4) !== HYPHEN ||
    text.charCodeAt(7) !== HYPHEN ||
    text.charCodeAt(10) !== SPACE ||
    text.charCodeAt(13) !== COLON ||
    text.charCodeAt(16) !== COLON
  )
    return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  if (Number.isNaN(year + month + day + hour + minute + second)) return undefined;
  return civilToMs({ year, month, day, hour, minute, second, millisecond: 0 });
}

/** The value of two digits; NaN when one of the characters is not a digit. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - ZERO, text.charCodeAt(at + 1) - ZERO];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/**
 * The largest offset that is accepted. Today's zones reach from -12:00 to +14:00, and historical local mean times
 * reached nearly 16 hours. 18 hours is the limit of Java's `ZoneOffset`, which the vendor may use.
 */
const FARTHEST_MINUTES = 18 * 60;
const OFFSET = /^([+-])(\d{2})(?::?(\d{2}))?$/;

/**
 * A part of a regular expression: an offset with minutes, without its sign. It matches what {@link offsetMinutes}
 * accepts.
 */
export const OFFSET_DIGITS = '(?:(?:0[0-9]|1[0-7]):?[0-5][0-9]|18:?00)';

/**
 * @param text `Z`, `+hh`, `+hhmm` or `+hh:mm`
 * @returns minutes east of UTC; undefined for a text that is not an offset, for minutes above 59, and for more than 18
 *   hours
 */
export function offsetMinutes(text: string): number | undefined {
  if (text === 'Z') return 0;
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const distance = Number(hours) * 60 + Number(minutes);
  if (distance > FARTHEST_MINUTES) return undefined;
  return sign === '-' ? -distance : distance;
}
