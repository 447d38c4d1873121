// A telephone number as somebody writes it in, the same number in every other form found in texts out.
//
// The forms: 13900000000, 013900000000, 8613900000000, +8613900000000, 008613900000000, 057100000000, and all of these with
// spaces, dashes and brackets between groups of digits. Never as a part of a longer run of digits.

/** What stands in the place of an erased number. */
export const ERASED = '[erased]';

const LEAST_DIGITS = 7;
/** E.164. */
const MOST_DIGITS = 15;
/** Country code and a national number of ten digits: what is shorter and begins with 86 is a local number. */
const LEAST_WITH_COUNTRY = 12;
const COUNTRY = '86';
const SEPARATORS = ' \u00a0()-';
const GAP = `[${SEPARATORS}]{0,2}`;
const WRITTEN = new RegExp(`^[+]?[0-9${SEPARATORS}]+$`);
const RUN = new RegExp(`[+]?[0-9][0-9${SEPARATORS}]{${LEAST_DIGITS - 2},}`, 'g');
/** So many groups of digits are one number at most: `+86 0571 8888 1234` has four. */
const MOST_GROUPS = 5;
const LONGEST_WITH_PREFIXES = MOST_DIGITS + 5;
/** Dates have groups of two digits: `2025-06-01 10` must never be taken for the number 20 2506 0110. */
const LEAST_GROUP = 3;
const LEAST_FIRST_GROUP = 2;
const ESCAPED_DIGIT = /\\u003([0-9])/g;

/**
 * The digits that all forms of a number have in common: without country code 86 and leading zeros.
 *
 * @returns undefined for what is no number of 7 to 15 digits
 */
export function coreOf(written: string): string | undefined {
  if (!WRITTEN.test(written)) return undefined;
  return stripped(written.replaceAll(/[^0-9+]/g, ''));
}

/** The {@link coreOf} of everything in a text that may be a number. */
export function coresIn(text: string): Set<string> {
  const cores = new Set<string>();
  for (const [run] of text.replaceAll(ESCAPED_DIGIT, '$1').matchAll(RUN)) {
    const groups = run.match(/[0-9]+/g) ?? [];
    groups.forEach((_group, first) => {
      let digits = '';
      for (const group of groups.slice(first, first + MOST_GROUPS)) {
        digits += group;
        if (digits.length > LONGEST_WITH_PREFIXES) break;
        for (const form of [digits, `+${digits}`]) {
          const core = stripped(form);
          if (core !== undefined) cores.add(core);
        }
      }
    });
  }
  return cores;
}

function stripped(form: string): string | undefined {
  const isInternational = form.startsWith('+') || form.startsWith('00');
  let digits = form.replace(/^[+]?0*/, '');
  if (digits.startsWith(COUNTRY) && (isInternational || digits.length >= LEAST_WITH_COUNTRY))
    digits = digits.slice(COUNTRY.length).replace(/^0+/, '');
  return digits.length >= LEAST_DIGITS && digits.length <= MOST_DIGITS ? digits : undefined;
}

/** Finds one number, in all of its forms. */
export class NumberSearch {
  /** A regular expression for PostgreSQL. It finds all that this finds, and more. */
  readonly sqlPattern: string;
  private readonly pattern: RegExp;

  /** @param core as {@link coreOf} gives it */
  constructor(readonly core: string) {
    const digits = [...core];
    this.sqlPattern = digits.join(GAP);
    // JSON may write a digit as an escape.
    const escapable = digits.map((digit) => `(?:${digit}|\\\\+u003${digit})`).join(GAP);
    const prefix = `(?:[+]?(?:00)?${COUNTRY}${GAP}|[+]|00)?0?`;
    this.pattern = new RegExp(`(?<![0-9])${prefix}(${escapable})(?![0-9])`, 'g');
  }

  isIn(text: string): boolean {
    return !this.places(text).next().done;
  }

  /** The text with {@link ERASED} in the place of the number. */
  erasedFrom(text: string): string {
    return text.replaceAll(this.pattern, (found: string, digits: string) =>
      isOneNumber(digits) ? ERASED : found,
    );
  }

  /** Where the number stands in a text. */
  *places(text: string): Generator<{ readonly start: number; readonly end: number }> {
    for (const match of text.matchAll(this.pattern)) {
      if (isOneNumber(match[1] ?? '')) yield { start: match.index, end: match.index + match[0].length };
    }
  }
}

function isOneNumber(digits: string): boolean {
  const [first = '', ...others] = digits.replaceAll(/\\+u003([0-9])/g, '$1').split(/[^0-9]+/);
  if (others.length === 0) return true;
  return first.length >= LEAST_FIRST_GROUP && others.every((group) => group.length >= LEAST_GROUP);
}
