// Which names of time zones are taken, wherever one is read.
import { IANAZone } from 'luxon';

/** The areas of the IANA database. The last five hold only older names of zones, each with one meaning. */
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
 * Short names are refused: the IANA database has them too, but `CST` is Chicago there and China for most who write it, and
 * `BST` is Dhaka rather than London. Times would be wrong by hours, and nobody would see it.
 */
export const TIME_ZONE_FORM = new RegExp(`^(UTC|(${AREAS.join('|')})/[A-Za-z0-9_+/-]+)$`);

export const TIME_ZONE_RULE =
  'must be UTC or an IANA time zone of the form Area/Location such as Asia/Shanghai; short names such as CST have several meanings';

/** The names of zones by their spelling in lower case. There are some 600, however many ways there are to write them. */
const names = new Map<string, string>();

export function isTimeZone(text: unknown): boolean {
  return typeof text === 'string' && TIME_ZONE_FORM.test(text) && zoneName(text) !== undefined;
}

/** @throws Error for what is no zone, or a short name of one */
export function timeZoneOf(name: string): IANAZone {
  const found = TIME_ZONE_FORM.test(name) ? zoneName(name) : undefined;
  if (found === undefined) throw new Error(`${name} ${TIME_ZONE_RULE}`);
  return IANAZone.create(found);
}

/**
 * The one name of a zone. Upper and lower case are the same in such names, and Luxon keeps a formatter of 20 kB and more for each spelling
 * that it is given: 7,000 spellings of one zone took 170 MB.
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
