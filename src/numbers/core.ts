// A telephone number without the prefixes with which it may be written: how numbers are compared.
import { astralKind, DIGIT, isDigit, MARK, OTHER, PLUS, SEPARATOR, UNIT_KINDS } from './characters.js';

const LEAST_DIGITS = 7;
/** E.164. */
const MOST_DIGITS = 15;
/** So many characters at most part the digits of a number. */
export const MOST_SEPARATORS = 3;
/** With the longest prefix: 00, 86 and 0. */
export const MOST_WITH_PREFIX = MOST_DIGITS + 5;
/** Country code and a national number of ten digits: what is shorter and begins with 86 is a local number. */
const LEAST_WITH_COUNTRY = 12;
const COUNTRY = '86';
const PREFIXES = [
  '',
  '0',
  COUNTRY,
  `${COUNTRY}0`,
  `+${COUNTRY}`,
  `+${COUNTRY}0`,
  `00${COUNTRY}`,
  `00${COUNTRY}0`,
];
const FOREIGN_PREFIXES = ['+', '00'];
const ZERO = 0x30;
const ONE = 0x31;
const MOBILE_LENGTH = 11;

/**
 * The digits that all ways of writing a number have in common: without +, 00, the country code 86 and a leading 0.
 *
 * @param written digits of any script and what parts them, and nothing else
 * @returns undefined for what is no number of 7 to 15 digits
 */
export function coreOf(written: string): string | undefined {
  const found = digitsIn(written);
  return found === undefined ? undefined : coreOfDigits(found.digits, found.hasPlus);
}

/** What is longer is more than one number with all that may part its digits. */
export const LONGEST_WRITTEN = 256;

/**
 * The digits of a text that is nothing but one number.
 *
 * @returns the digits as ASCII, and whether a plus sign stands before them; undefined when there is anything else
 */
export function digitsIn(text: string): { readonly digits: string; readonly hasPlus: boolean } | undefined {
  if (text.length > LONGEST_WRITTEN) return undefined;
  let digits = '';
  let hasPlus = false;
  let gap = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const kind = character.length === 1 ? (UNIT_KINDS[codePoint] ?? OTHER) : astralKind(codePoint);
    if (isDigit(kind)) {
      if (gap > MOST_SEPARATORS && digits !== '') return undefined;
      digits += String(kind - DIGIT);
      gap = 0;
    } else if (kind === PLUS && digits === '' && !hasPlus) hasPlus = true;
    else if (kind === SEPARATOR || kind === MARK) gap += 1;
    else return undefined;
  }
  return digits === '' ? undefined : { digits, hasPlus };
}

/**
 * As {@link coreOf}.
 *
 * @param digits of ASCII, and nothing else
 * @param hasPlus whether a plus sign stands before them
 */
export function coreOfDigits(digits: string, hasPlus: boolean): string | undefined {
  const { length } = digits;
  if (length < LEAST_DIGITS || length > MOST_WITH_PREFIX) return undefined;
  const bare = withoutZeros(digits);
  if (bare.startsWith(COUNTRY) && (bare.length >= LEAST_WITH_COUNTRY || hasPlus || isInternational(digits))) {
    const national = withoutZeros(bare.slice(COUNTRY.length));
    if (isCore(national)) return national;
  }
  return isCore(bare) ? bare : undefined;
}

/** Whether the digits begin with 00, as they are dialled to another country. */
export function isInternational(digits: string): boolean {
  return digits.charCodeAt(0) === ZERO && digits.charCodeAt(1) === ZERO;
}

/** Whether a core is a Chinese mobile number, which is one in whatever groups it is written. */
export function isMobile(core: string): boolean {
  const second = core.charCodeAt(1);
  return core.length === MOBILE_LENGTH && core.charCodeAt(0) === ONE && second >= 0x33 && second <= 0x39;
}

/** The ways in which a number is written without anything between its digits. */
export function plainForms(core: string): string[] {
  const forms = [...PREFIXES, ...FOREIGN_PREFIXES].map((prefix) => prefix + core);
  return forms.filter((form) => coreOf(form) === core);
}

/** Digits without leading zeros. */
export function withoutZeros(digits: string): string {
  let start = 0;
  while (digits.charCodeAt(start) === ZERO) start += 1;
  return start === 0 ? digits : digits.slice(start);
}

function isCore(digits: string): boolean {
  return digits.length >= LEAST_DIGITS && digits.length <= MOST_DIGITS;
}

/** A number of JSON, and one with zeros before it. */
export const JSON_NUMBER = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * The digits of the value of a JSON number that is a whole number, also with a fraction or an exponent: `1.39e10` may be a
 * telephone number, too.
 *
 * @returns undefined when it is no number, no whole one, or one of more digits than a telephone number has
 */
export function wholeDigits(json: string): string | undefined {
  const [, whole, fraction = '', exponent = '0'] = JSON_NUMBER.exec(json) ?? [];
  return whole === undefined ? undefined : scaled(whole, fraction, Number(exponent));
}

/** @param exponent of ten, by which `whole.fraction` is multiplied */
export function scaled(whole: string, fraction: string, exponent: number): string | undefined {
  // As they came: 0139 is a number that begins with 0.
  if (fraction === '' && exponent === 0) return whole.length <= MOST_WITH_PREFIX ? whole : undefined;
  const significant = withoutZeros(whole + fraction);
  let end = significant.length;
  while (end > 0 && significant.charCodeAt(end - 1) === ZERO) end -= 1;
  const zeros = exponent - fraction.length + (significant.length - end);
  if (end === 0 || zeros < 0 || end + zeros > MOST_WITH_PREFIX) return undefined;
  return significant.slice(0, end) + '0'.repeat(zeros);
}
