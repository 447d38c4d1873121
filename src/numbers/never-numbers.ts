// Recognizes groups of digits that are not phone numbers: dates, times, addresses, versions, fractions, amounts.
import type { Group } from './digit-runs.js';

// How sure it is that a group of digits is something else than a phone number.

/** Nothing else was recognized. */
export const FREE = 0;
/**
 * The group is not part of a number that is recognized only by its form: `120.12345678`. But `139.12345678` is a mobile
 * number.
 */
export const LIKELY = 1;
/**
 * The group is not part of a mobile number either: `1748742000 1` is none. But a number with + or 00 may contain all of
 * it.
 */
export const FIRM = 2;
/** The group is not part of any number. */
export const CERTAIN = 3;

/** How many groups from a place on are something else, and how sure that is. */
interface Match {
  readonly groups: number;
  readonly sure: number;
}

type Pattern = (run: readonly Group[], at: number, text: string) => Match | undefined;

const PATTERNS: readonly Pattern[] = [
  clock,
  date,
  dateBackwards,
  address,
  amount,
  dottedAmount,
  fraction,
  version,
  moment,
];
const COLON = 0x3a;
const LONGEST_PART = 6;
const MOST_PARTS = 5;
const YEAR = /^(?:19|20)[0-9]{2}$/;
const MONTH = /^(?:0?[1-9]|1[0-2])$/;
const DAY = /^(?:0?[1-9]|[12][0-9]|3[01])$/;
const HOUR = /^(?:[01][0-9]|2[0-3])$/;
const SIXTIETH = /^[0-5][0-9]$/;
const COMPACT_TIME = /^(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?$/;
/** Epoch seconds or milliseconds from 2014 to 2033. No phone number of 10 or 13 digits begins like this. */
const EPOCH = /^1[4-9](?:[0-9]{8}|[0-9]{11})$/;
const DATE_AND_TIME =
  /^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:(?:[01][0-9]|2[0-3])[0-5][0-9](?:[0-5][0-9])?)?$/;

/** Whether digits are seconds or milliseconds since 1970, or a date with or without a time: `20250601095945`. */
export function isMoment(digits: string): boolean {
  return EPOCH.test(digits) || DATE_AND_TIME.test(digits);
}

/**
 * Says which groups of a run are something else, and where each such thing begins and ends. Groups are given by their
 * place in the run.
 */
export class Never {
  private readonly sure: number[] = [];
  private readonly firsts: number[] = [];
  private readonly lasts: number[] = [];

  constructor(run: readonly Group[], text: string) {
    for (let first = 0; first < run.length;) {
      const { groups, sure } = matchAt(run, first, text);
      for (let part = 0; part < groups; part += 1) {
        this.sure.push(sure);
        this.firsts.push(first);
        this.lasts.push(first + groups - 1);
      }
      first += groups;
    }
  }

  sureOf(at: number): number {
    return this.sure[at] ?? FREE;
  }

  /** Whether the certainty that a group is something else exceeds `most` for none of these groups. */
  isAtMost(most: number, first: number, last: number): boolean {
    for (let at = first; at <= last; at += 1) if (this.sureOf(at) > most) return false;
    return true;
  }

  /** Whether these groups contain the whole of each date, amount and so on at their first and last group. */
  isWhole(first: number, last: number): boolean {
    return (this.firsts[first] ?? first) >= first && (this.lasts[last] ?? last) <= last;
  }
}

const NONE: Match = { groups: 1, sure: FREE };

function matchAt(run: readonly Group[], at: number, text: string): Match {
  for (const pattern of PATTERNS) {
    const match = pattern(run, at, text);
    if (match !== undefined) return match;
  }
  return NONE;
}

/** The hours, minutes or seconds in `09:59:45.123`, and `095945` in `20250601T095945`. */
function clock(run: readonly Group[], at: number, text: string): Match | undefined {
  const group = run[at];
  if (group === undefined || group.length > 6) return undefined;
  const before = text.charCodeAt(group.start - 1);
  const isAfterColon = before === COLON && isDigitAt(text, group.start - 2);
  const isBeforeColon = text.charCodeAt(group.end) === COLON && isDigitAt(text, group.end + 1);
  const isSixtieth = group.length === 2 && (isAfterColon || isBeforeColon);
  const isHour = group.length === 1 && isBeforeColon;
  const isCompact =
    (before | 0x20) === 0x74 && isDigitAt(text, group.start - 2) && COMPACT_TIME.test(group.digits);
  if (!isSixtieth && !isHour && !isCompact) return undefined;
  return { groups: isBeforeColon ? 1 : 1 + fractionAfter(run, at), sure: CERTAIN };
}

/** `2025-06-01` and `2025/6/1`, also with a time: `2025-06-01 09-59-45`. */
function date(run: readonly Group[], at: number): Match | undefined {
  const [year, month, day] = [run[at], run[at + 1], run[at + 2]];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (!YEAR.test(year.digits) || !MONTH.test(month.digits) || !DAY.test(day.digits)) return undefined;
  if (month.separator === undefined || month.separator !== day.separator) return undefined;
  return { groups: 3 + timeAfter(run, at + 2), sure: sureOf(year, month) };
}

/** `01.06.2025`, `6/1/2025`. */
function dateBackwards(run: readonly Group[], at: number): Match | undefined {
  const [first, second, year] = [run[at], run[at + 1], run[at + 2]];
  if (first === undefined || second === undefined || year === undefined) return undefined;
  if (!YEAR.test(year.digits) || !DAY.test(first.digits) || !DAY.test(second.digits)) return undefined;
  if (!MONTH.test(first.digits) && !MONTH.test(second.digits)) return undefined;
  if (second.separator === undefined || second.separator !== year.separator) return undefined;
  return { groups: 3 + timeAfter(run, at + 2), sure: sureOf(first, second) };
}

/** A date after another group with the same separator may be part of a number: `139-2025-06-01`. */
function sureOf(first: Group, second: Group): number {
  return first.separator === second.separator ? LIKELY : CERTAIN;
}

/** How many groups after a date are its time: `09-59`, `09 59 45`, `09.59.45.123`. */
function timeAfter(run: readonly Group[], at: number): number {
  const [hour, minute, second] = [run[at + 1], run[at + 2], run[at + 3]];
  if (hour === undefined || minute === undefined) return 0;
  if (!HOUR.test(hour.digits) || !SIXTIETH.test(minute.digits) || minute.separator === undefined) return 0;
  if (second === undefined || !SIXTIETH.test(second.digits) || second.separator !== minute.separator)
    return 2;
  return 3 + fractionAfter(run, at + 3);
}

function fractionAfter(run: readonly Group[], at: number): number {
  const fraction = run[at + 1];
  return fraction !== undefined && (fraction.separator === '.' || fraction.separator === ',') ? 1 : 0;
}

/** `192.168.100.200`. */
function address(run: readonly Group[], at: number): Match | undefined {
  if (!isDotted(run, at, 4)) return undefined;
  for (let part = at; part < at + 4; part += 1) {
    const { digits = '', length = 4 } = run[part] ?? {};
    if (length > 3 || Number(digits) > 255 || hasLeadingZero(digits)) return undefined;
  }
  return { groups: 4, sure: CERTAIN };
}

/** `1,234,567.89`. */
function amount(run: readonly Group[], at: number): Match | undefined {
  const groups = thousands(run, at, ',');
  if (groups < 2) return undefined;
  const fraction = run[at + groups];
  if (fraction?.separator === ',') return undefined;
  const hasFraction = fraction?.separator === '.' && fraction.length <= 4;
  return { groups: groups + (hasFraction ? 1 : 0), sure: LIKELY };
}

/** `1.234.567,89`. */
function dottedAmount(run: readonly Group[], at: number): Match | undefined {
  const groups = thousands(run, at, '.');
  const cents = run[at + groups];
  if (groups < 2 || cents?.separator !== ',' || cents.length > 2) return undefined;
  return { groups: groups + 1, sure: LIKELY };
}

/** How many groups from here on form an amount with this separator between its thousands. */
function thousands(run: readonly Group[], at: number, separator: string): number {
  const first = run[at];
  if (first === undefined || first.length > 3 || hasLeadingZero(first.digits)) return 0;
  if (first.separator === separator) return 0;
  let groups = 1;
  while (run[at + groups]?.separator === separator && run[at + groups]?.length === 3) groups += 1;
  return groups;
}

/** `120.12345678`, `1234567.89`, `1748742000.123456`. */
function fraction(run: readonly Group[], at: number): Match | undefined {
  if (!isDotted(run, at, 2)) return undefined;
  const [whole, decimals] = [run[at], run[at + 1]];
  if (whole === undefined || decimals === undefined || hasLeadingZero(whole.digits)) return undefined;
  // `8888000.0` is a phone number that some program has written as a floating-point number.
  const isFraction = whole.length <= 6 || (whole.length <= 10 && decimals.digits !== '0');
  if (EPOCH.test(whole.digits)) return { groups: 2, sure: FIRM };
  return isFraction ? { groups: 2, sure: LIKELY } : undefined;
}

/** `4.15.0`, `10.0.22631.4602`. */
function version(run: readonly Group[], at: number): Match | undefined {
  for (let groups = 3; groups <= MOST_PARTS; groups += 1) {
    if (!isDotted(run, at, groups)) continue;
    const parts = run.slice(at, at + groups);
    if (parts.some(({ digits }) => digits.length > LONGEST_PART || hasLeadingZero(digits))) return undefined;
    const shortest = Math.min(...parts.slice(1).map(({ length }) => length));
    if (shortest > 2) return undefined;
    return { groups, sure: shortest === 1 ? CERTAIN : LIKELY };
  }
  return undefined;
}

/** `20250601`, `20250601095945`, `1748742000`. */
function moment(run: readonly Group[], at: number): Match | undefined {
  const { digits = '', hasPlus = true } = run[at] ?? {};
  if (hasPlus) return undefined;
  if (EPOCH.test(digits)) return { groups: 1, sure: FIRM };
  return DATE_AND_TIME.test(digits) ? { groups: 1, sure: LIKELY } : undefined;
}

/** Whether exactly so many groups from here on have one dot between each two. */
function isDotted(run: readonly Group[], at: number, groups: number): boolean {
  if (run[at] === undefined || run[at].separator === '.' || run[at + groups]?.separator === '.') return false;
  for (let part = at + 1; part < at + groups; part += 1) if (run[part]?.separator !== '.') return false;
  return true;
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function isDigitAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0x30 && unit <= 0x39;
}
