// The names of time zones that the settings, the API and the pushes accept.
import { IANAZone } from 'luxon';

/** The areas of the IANA database. The last five have only older names of zones, and each of these has one meaning. */
const AREAS = [
  'Africa',
  'America',
  'Antarctica',
  'Arctic',
  'Asia',
  'Atlantic',
  'Australia',
  'Etc',
  'Europe',
  'Indian',
  'Pacific',
  'Brazil',
  'Canada',
  'Chile',
  'Mexico',
  'US',
];

/**
 * Short names are refused, although some are widely used: `CST` is Chicago to the IANA database and China to most who
 * write it, and `BST` is Dhaka rather than London. Times would be wrong by hours, and nobody would notice.
 */
export const TIME_ZONE_FORM = new RegExp(`^(UTC|(${AREAS.join('|')})/[A-Za-z0-9_+/-]+)$`);

export const TIME_ZONE_RULE =
  'must be UTC or an IANA time zone of the form Area/Location such as Asia/Shanghai; short names such as CST have several meanings';

/** The names of zones by their spelling in lower case. There are about 600 of them, however they are spelled. */
const names = new Map<string, string>();

/** Whether a value is the name of a time zone that {@link timeZoneOf} accepts. */
export function isTimeZone(text: unknown): boolean {
  return typeof text === 'string' && TIME_ZONE_FORM.test(text) && zoneName(text) !== undefined;
}

/**
 * The time zone of a name.
 *
 * @throws Error when there is no such zone, or when the name is a short one
 */
export function timeZoneOf(name: string): IANAZone {
  const found = TIME_ZONE_FORM.test(name) ? zoneName(name) : undefined;
  if (found === undefined) throw new Error(`${name} ${TIME_ZONE_RULE}`);
  return IANAZone.create(found);
}

/**
 * The canonical name of a zone. Such names are not case-sensitive, and Luxon keeps a formatter of 20 kB or more for
 * each spelling that it gets: 7,000 spellings of one zone took 170 MB.
 *
 * @returns undefined when there is no such zone
 */
function zoneName(text: string): string | undefined {
  const spelling = text.toLowerCase();
  const known = names.get(spelling);
  if (known !== undefined) return known;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: spelling }).resolvedOptions();
    names.set(spelling, timeZone);
    return timeZone;
  } catch {
    return undefined;
  }
}
