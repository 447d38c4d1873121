// Any text in, the same with everything masked that looks like a telephone number out.
//
// E.164 has up to 15 digits, and nothing shorter than 7 is a number that reaches a person. Of such digits, those stay that
// are more likely something else: see KEPT and isTime. What is written so that no program takes it for a number
// ("one three nine", digits one by one) is not found.
import { HIDDEN, maskNumber } from './number-mask.js';
import type { OwnNumbers } from './own-numbers.js';

const SHORTEST = 7;
const LONGEST = 15;
/** 16 MB of digits took 4 s, in which nobody was answered: a longer text is hidden as a whole. */
const LONGEST_TEXT = 1_000_000;
/** Digits in groups are one number up to here; a number and its neighbour may be apart by a blank only. */
const ENOUGH = 11;

const DIGIT = '[0-9\\uFF10-\\uFF19]';
const SEPARATOR = '[ .()\\u00A0\\-\\u2010-\\u2015]{1,2}';
/** UUIDs, hashes, dates, IPv4 addresses, numbers with a fraction. */
const KEPT = [
  '(?<![0-9a-fA-F])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-fA-F])',
  '(?<![0-9a-zA-Z])(?=[0-9]{0,64}[a-fA-F])[0-9a-fA-F]{32,128}(?![0-9a-zA-Z])',
  '(?<![0-9])(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?![0-9])',
  '(?<![0-9.])(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?![0-9.])',
  '(?<![0-9.])(?:0|[1-9][0-9]{0,5})\\.[0-9]+(?![0-9.])',
].join('|');
// Bounded: the engine remembers each repetition of a group, and a text can have millions of them.
const PARTS = new RegExp(`${KEPT}|(\\+?${DIGIT}+(?:${SEPARATOR}${DIGIT}+){0,30})`, 'g');
/** What most texts with digits are: found so ten times as fast. */
const INSTANT = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{3})?Z?$/;
const MAY_HOLD_ONE = new RegExp(`${DIGIT}(?:[^0-9\\uFF10-\\uFF19]{0,2}${DIGIT}){4}`);

/** Whether digits are taken for a number. `groups` are those that stand apart, `digits` all of them together. */
type Look = (digits: string, groups: readonly string[], hasPlus: boolean) => boolean;

/** @param own numbers that are known to be some */
export function maskText(text: string, own: OwnNumbers): string {
  return maskedBy(text, own, looksLikeNumber);
}

/**
 * As {@link maskText}, for the caller's own reference: often a number that counts something. Only numbers of the calls,
 * Chinese mobile numbers and international ones are masked in it.
 */
export function maskReference(text: string, own: OwnNumbers): string {
  return maskedBy(text, own, looksLikeMobile);
}

function maskedBy(text: string, own: OwnNumbers, look: Look): string {
  if (text.length < 5 || !MAY_HOLD_ONE.test(text) || INSTANT.test(text)) return text;
  if (text.length > LONGEST_TEXT) return HIDDEN;
  return text.replace(PARTS, (part: string, run: string | undefined) =>
    run === undefined ? part : maskRun(run, own, look),
  );
}

/** @param run digits in groups, with what stands between them */
function maskRun(run: string, own: OwnNumbers, look: Look): string {
  const parts = run.split(/([^0-9+\uFF10-\uFF19]+)/);
  let masked = '';
  for (let start = 0; start < parts.length;) {
    const end = endOfNumber(parts, start);
    const written = parts.slice(start, end);
    const groups = written.filter((_, index) => index % 2 === 0).map(plainDigits);
    masked += isNumber(groups, own, look) ? maskNumber(groups.join('')) : written.join('');
    masked += parts[end] ?? '';
    start = end + 1;
  }
  return masked;
}

/** Behind the last of the groups that may be one number. */
function endOfNumber(parts: readonly string[], start: number): number {
  let end = start + 1;
  let length = (parts[start] ?? '').length;
  while (end + 1 < parts.length && length < ENOUGH) {
    length += (parts[end + 1] ?? '').length;
    if (length > LONGEST) break;
    end += 2;
  }
  return end;
}

function isNumber(groups: readonly string[], own: OwnNumbers, look: Look): boolean {
  const text = groups.join('');
  const hasPlus = text.startsWith('+');
  const digits = hasPlus ? text.slice(1) : text;
  if (own.has(digits)) return true;
  if (digits.length > LONGEST) return own.isWithin(digits);
  return digits.length >= SHORTEST && look(digits, groups, hasPlus);
}

function looksLikeNumber(digits: string, groups: readonly string[], hasPlus: boolean): boolean {
  if (hasPlus) return true;
  if (isTime(digits)) return false;
  // `10 20 30 40` counts something.
  return groups.length === 1 || digits.startsWith('0') || groups.some((group) => group.length >= 3);
}

function looksLikeMobile(digits: string, _groups: readonly string[], hasPlus: boolean): boolean {
  return hasPlus || /^(?:86)?1[3-9]\d{9}$/.test(digits);
}

/**
 * Seconds or milliseconds since 1970, from 2014 to 2033: no number has 13 digits that begin with 1, and none of 10 begins
 * with 14 to 19. And dates with and without a time, from `20250601` to `20250601095945`.
 */
function isTime(digits: string): boolean {
  return (
    /^1[4-9](?:\d{8}|\d{11})$/.test(digits) ||
    /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?$/.test(
      digits,
    )
  );
}

/** In ASCII, where they came as full-width forms. */
function plainDigits(text: string): string {
  return text.replaceAll(/[\uFF10-\uFF19]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
}
