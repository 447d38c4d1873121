// The core of a phone number: its digits without prefixes. Two numbers are the same if their cores are equal.
import { astralKind, DIGIT, isDigit, MARK, OTHER, PLUS, SEPARATOR, UNIT_KINDS } from './characters.js';

const LEAST_DIGITS = 7;
/** The limit of E.164. */
const MOST_DIGITS = 15;
/** At most so many separators may stand between two digits of a number. */
export const MOST_SEPARATORS = 3;
/** The most digits that a number has with the longest prefix: 00, 86 and 0. */
export const MOST_WITH_PREFIX = MOST_DIGITS + 5;
/** The country code and a national number of ten digits. A shorter number that begins with 86 is a local number. */
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
 * The digits that all ways to write a number have in common: without +, 00, the country code 86 and a leading 0.
 *
 * @param written only digits of any script and separators
 * @returns undefined for a text that is not a number of 7 to 15 digits
 */
export function coreOf(written: string): string | undefined {
  const found = digitsIn(written);
  return found === undefined ? undefined : coreOfDigits(found.digits, found.hasPlus);
}

/** A longer text, in UTF-16 units, is more than one number, whatever separators it has. */
export const LONGEST_WRITTEN = 256;

/**
 * The digits of a text that contains only one number.
 *
 * @returns the digits in ASCII, and whether a plus sign stands before them; undefined when the text contains anything
 *   else
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
 * Works like {@link coreOf}.
 *
 * @param digits only ASCII digits
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

/** Whether the digits begin with 00, the prefix for calls to another country. */
export function isInternational(digits: string): boolean {
  return digits.charCodeAt(0) === ZERO && digits.charCodeAt(1) === ZERO;
}

/** Whether a core is a Chinese mobile number. Such a number is recognized in any grouping of its digits. */
export function isMobile(core: string): boolean {
  const second = core.charCodeAt(1);
  return core.length === MOBILE_LENGTH && core.charCodeAt(0) === ONE && second >= 0x33 && second <= 0x39;
}

/** All ways to write a number without separators. */
export function plainForms(core: string): string[] {
  const forms = [...PREFIXES, ...FOREIGN_PREFIXES].map((prefix) => prefix + core);
  return forms.filter((form) => coreOf(form) === core);
}

/** The digits without leading zeros. */
export function withoutZeros(digits: string): string {
  let start = 0;
  while (digits.charCodeAt(start) === ZERO) start += 1;
  return start === 0 ? digits : digits.slice(start);
}

function isCore(digits: string): boolean {
  return digits.length >= LEAST_DIGITS && digits.length <= MOST_DIGITS;
}

/** A number of JSON, also with leading zeros. */
export const JSON_NUMBER = /^-?([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * The digits of a JSON number whose value is a whole number. It may be written with a fraction or an exponent:
 * `1.39e10` may be a phone number too.
 *
 * @returns undefined when the text is not a number, when the value is not a whole number, and when it has more digits
 *   than a phone number
 */
export function wholeDigits(json: string): string | undefined {
  const [, whole, fraction = '', exponent = '0'] = JSON_NUMBER.exec(json) ?? [];
  return whole === undefined ? undefined : scaled(whole, fraction, Number(exponent));
}

/** The digits of `whole.fraction` times ten to the power of `exponent`, with the limits of {@link wholeDigits}. */
export function scaled(whole: string, fraction: string, exponent: number): string | undefined {
  // Unchanged: 0139 is a number that begins with 0.
  if (fraction === '' && exponent === 0) return whole.length <= MOST_WITH_PREFIX ? whole : undefined;
  const significant = withoutZeros(whole + fraction);
  let end = significant.length;
  while (end > 0 && significant.charCodeAt(end - 1) === ZERO) end -= 1;
  const zeros = exponent - fraction.length + (significant.length - end);
  if (end === 0 || zeros < 0 || end + zeros > MOST_WITH_PREFIX) return undefined;
  return significant.slice(0, end) + '0'.repeat(zeros);
}
