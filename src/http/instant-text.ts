// The text of a time parameter in, epoch milliseconds out.
import { DateTime } from 'luxon';
import { EARLIEST_MS, LATEST_MS } from '../time/civil-time.js';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** A `+` that was not escaped in a query arrives as a space. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+ -]\d{2}:?\d{2})$/;

/** Whether a text is ISO 8601 with an offset, or a date; both of the calendar. */
export function isInstantText(text: unknown): text is string {
  return typeof text === 'string' && parse(text, 'utc').isValid;
}

/**
 * @param text for which {@link isInstantText} holds
 * @param zone IANA name; a date means its first moment there
 * @returns epoch milliseconds, within the years 1 to 9999 of UTC: nothing in the ledger is beyond them
 */
export function instantOf(text: string, zone: string): number {
  return Math.min(Math.max(parse(text, zone).toMillis(), EARLIEST_MS), LATEST_MS);
}

function parse(text: string, zone: string): DateTime {
  if (DATE.test(text)) return DateTime.fromISO(text, { zone }).startOf('day');
  const [, local, offset] = DATE_TIME.exec(text) ?? [];
  if (local === undefined || offset === undefined) return DateTime.invalid('unparsable');
  return DateTime.fromISO(local + offset.replace(' ', '+'), { zone: 'utc' });
}
