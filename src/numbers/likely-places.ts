// Patterns that find every text in which a number may be, and some others: a quick look before the exact one.
import { charactersOf, DIGIT } from './characters.js';
import { MOST_SEPARATORS, withoutZeros } from './core.js';

/** The decimal digits of all scripts but ASCII, as ranges of a class. */
const OTHER_DIGITS = otherDigits();
/** What may part digits is among these. */
const BETWEEN = `[^0-9A-Za-z${OTHER_DIGITS}]`;
const HAS_OTHER_DIGIT = new RegExp(`[${OTHER_DIGITS}]`, 'u');
/** Of characters that may be digits or part them; those of two code units have two. */
const HAS_ESCAPE = /\\[ut/]/;
const ESCAPE = '\\\\+u[0-9a-fA-F]{4}';

/** Regular expressions of PostgreSQL. What has an escape of JSON is looked at by both, all else by `plain` alone. */
export interface SqlPatterns {
  readonly plain: string;
  readonly escaped: string;
}

/** Finds what may be a number, for a text in memory. Each place of it is looked at a bounded number of times. */
export class LikelyPlaces {
  private readonly ascii: RegExp;
  private readonly scientific: RegExp;

  /** @param core as `coreOf` gives it */
  constructor(core: string) {
    this.ascii = new RegExp(Array.from(core).join(`[^0-9A-Za-z]{0,${MOST_SEPARATORS}}`));
    this.scientific = new RegExp(inScientific(core));
  }

  /** Whether the number may be in the text. */
  isAnyIn(text: string): boolean {
    if (this.ascii.test(text) || this.scientific.test(text) || HAS_ESCAPE.test(text)) return true;
    // A pattern of the number in any script takes Node.js seconds to compile.
    return HAS_OTHER_DIGIT.test(text);
  }
}

/**
 * PostgreSQL has no classes of Unicode, and what it needs grows with the pattern: with the escapes in it, `plain` took seven times
 * as long.
 */
export function sqlPatternsOf(core: string): SqlPatterns {
  // Without zeros at its end, the digits before an exponent are all there, with nothing but a dot between them.
  const scientific = core.endsWith('0') ? `|${inScientific(core)}` : '';
  const digits = digitsOf(core).map((digit) => `(?:${digit}|${ESCAPE})`);
  return {
    plain: inAnyScript(core) + scientific,
    escaped: digits.join(`(?:[^0-9A-Za-z]|${ESCAPE}|\\\\+t)*`),
  };
}

/** A condition of SQL: whether a text may hold the number. Both patterns are place holders. */
export function mayHold(text: string, plain: string, escaped: string): string {
  return `(${text} ~ ${plain} OR (strpos(${text}, '\\') > 0 AND ${text} ~ '\\\\[ut/]' AND ${text} ~ ${escaped}))`;
}

function inAnyScript(core: string): string {
  return digitsOf(core).join(`${BETWEEN}{0,${MOST_SEPARATORS}}`);
}

function digitsOf(core: string): string[] {
  return Array.from(core, (digit) => `[${digit}${OTHER_DIGITS}]`);
}

/** `1.39e10`, `1390000E4`: its digits but for the zeros at their end, with a dot somewhere, and an exponent. */
function inScientific(core: string): string {
  const reversed = Array.from(core).reverse().join('');
  const significant = Array.from(withoutZeros(reversed)).reverse();
  return `${significant.join('[.]?')}[0.]*[eE][+-]?[0-9]`;
}

function otherDigits(): string {
  const digits = Array.from({ length: 10 }, (_, value) => charactersOf(DIGIT + value)).join('');
  const codePoints = Array.from(digits, (digit) => digit.codePointAt(0) ?? 0).sort((a, b) => a - b);
  let ranges = '';
  for (const codePoint of codePoints.filter((one) => one > 0x7f)) {
    const character = String.fromCodePoint(codePoint);
    if (ranges.endsWith(`-${String.fromCodePoint(codePoint - 1)}`))
      ranges = ranges.slice(0, -String.fromCodePoint(codePoint - 1).length) + character;
    else ranges += `${character}-${character}`;
  }
  return ranges;
}
