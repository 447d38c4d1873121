// The offset from UTC at the end of an ISO 8601 time.

/**
 * The farthest offset that is taken. Zones reach from -12:00 to +14:00 today, and local mean times reached nearly 16 hours;
 * 18 hours is the bound of Java's own `ZoneOffset`, which the vendor may use.
 */
const FARTHEST_MINUTES = 18 * 60;
const OFFSET = /^([+-])(\d{2})(?::?(\d{2}))?$/;

/** The numbers of an offset with minutes, without its sign, as a part of a regular expression: all that {@link offsetMinutes} takes. */
export const OFFSET_DIGITS = '(?:(?:0[0-9]|1[0-7]):?[0-5][0-9]|18:?00)';

/**
 * @param text `Z`, `+hh`, `+hhmm` or `+hh:mm`
 * @returns minutes east of UTC; undefined for what is no offset: minutes beyond 59, or more than 18 hours
 */
export function offsetMinutes(text: string): number | undefined {
  if (text === 'Z') return 0;
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const distance = Number(hours) * 60 + Number(minutes);
  if (distance > FARTHEST_MINUTES) return undefined;
  return sign === '-' ? -distance : distance;
}
