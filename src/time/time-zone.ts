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

export function isTimeZone(text: unknown): boolean {
  return typeof text === 'string' && TIME_ZONE_FORM.test(text) && IANAZone.isValidZone(text);
}

/** @throws Error for what is no zone, or a short name of one */
export function timeZoneOf(name: string): IANAZone {
  if (!isTimeZone(name)) throw new Error(`${name} ${TIME_ZONE_RULE}`);
  return IANAZone.create(name);
}
