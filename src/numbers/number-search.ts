// Finds phone numbers in texts and JSON, however they are written, and removes one.
import { Quotes } from '../json/scanner.js';
import { digitsBeyondAscii } from './characters.js';
import { coreOf, LONGEST_WRITTEN, MOST_SEPARATORS, withoutZeros } from './core.js';
import { type FoundNumber, NumberFinder } from './find-numbers.js';
import { type Content, contentOf, isJsonNumber, JsonPieces, looksLikeJson } from './json-pieces.js';
import { NONE, OwnNumbers, ownNumbersIn } from './own-numbers.js';
import { type MakeReplacer, type Replace, type Replacer, rewrittenJson, TextRewriter } from './rewrite.js';

/** The text that replaces an erased number. */
export const ERASED = '[erased]';

/** How many characters are searched before other work gets its turn. They take at most 100 ms. */
const STEP = 65_536;

/** Finds and removes one phone number. */
export class NumberSearch {
  private readonly likely: LikelyPlaces;
  private patterns: SqlPatterns | undefined;

  /** @param core the result of `coreOf` */
  constructor(readonly core: string) {
    this.likely = new LikelyPlaces(core);
  }

  /** Patterns that match every text in which this search finds the number. They also match some other texts. */
  get sqlPatterns(): SqlPatterns {
    this.patterns ??= sqlPatternsOf(this.core);
    return this.patterns;
  }

  /** The parameters of `mayHold`, in the same order. */
  get sqlParameters(): readonly [plain: string, escaped: string] {
    return [this.sqlPatterns.plain, this.sqlPatterns.escaped];
  }

  /**
   * A range for an index of reversed texts. Every form of a number ends with its core. So all reversed forms are in the
   * range from the first text up to, but not including, the second.
   */
  get reversedRange(): readonly [first: string, behind: string] {
    const first = Array.from(this.core).reverse().join('');
    return [first, first.slice(0, -1) + String.fromCharCode(first.charCodeAt(first.length - 1) + 1)];
  }

  /** Whether a text that is not JSON contains the number. */
  isIn(text: string): boolean {
    return this.erasedFrom(text) !== text;
  }

  /** Whether a text that may be JSON contains the number. */
  isInJson(json: string): boolean {
    return this.erasedFromBody(json) !== json;
  }

  /** Replaces the number by {@link ERASED} in a text that is not JSON. */
  erasedFrom(text: string): string {
    if (!this.likely.isAnyIn(text)) return text;
    return new TextRewriter(text, NONE, eraserOf(this.core, NONE)).range(0, text.length) ?? text;
  }

  /** Replaces the number by {@link ERASED} in a text that may be JSON. Valid JSON stays valid. */
  erasedFromBody(text: string): string {
    return [...this.erasedParts(text)].join('');
  }

  /** The result of {@link erasedFromBody} in parts. Between two parts, other work can get its turn. */
  *erasedParts(text: string): Generator<string> {
    if (!this.likely.isAnyIn(text)) yield text;
    else if (looksLikeJson(text)) yield* this.erasedJson(text);
    else yield* new TextRewriter(text, NONE, eraserOf(this.core, NONE, new Quotes(text))).parts(STEP);
  }

  private *erasedJson(json: string): Generator<string> {
    const own = new OwnNumbers();
    const all = yield* ownNumbersIn(json, STEP);
    if (all.has(this.core)) own.addCore(this.core);
    const eraser = eraserOf(this.core, own);
    const whole = new TextRewriter(json, own, eraser);
    yield* rewrittenJson(json, STEP, (content) => {
      const { piece, text, from, to } = content;
      if (piece.isNumber && this.isThis(content)) return betweenBlanks(text.slice(from, to));
      const rewriter = text === json ? whole : new TextRewriter(text, own, eraser);
      if (to - from > STEP) return rewriter.rangeInSteps(from, to, STEP);
      const erased = rewriter.range(from, to);
      return erased === undefined || !isJsonNumber(piece, json) ? erased : ERASED;
    });
  }

  private isThis({ text, from, to }: Content): boolean {
    return to - from <= LONGEST_WRITTEN && coreOf(text.slice(from, to)) === this.core;
  }
}

/** Replaces a number by {@link ERASED}. The blanks around it stay. */
function betweenBlanks(number: string): string {
  return number.replace(number.trim(), ERASED);
}

/**
 * @param quotes the strings of a text that may have JSON in it; a number outside of them is replaced by a quoted string
 */
function eraserOf(core: string, own: OwnNumbers, quotes?: Quotes): MakeReplacer {
  return (replace) =>
    new ErasedPlaces(core, own, (start, end, by) => {
      replace(start, end, quotes?.isInString(start) === false ? `"${by}"` : by);
    });
}

/** Replaces each place of the number by {@link ERASED}. Overlapping places count as one. */
class ErasedPlaces implements Replacer {
  private start = 0;
  private end: number | undefined;

  constructor(
    private readonly core: string,
    private readonly own: OwnNumbers,
    private readonly replace: Replace,
  ) {}

  add(found: FoundNumber): void {
    if (!this.isThis(found)) return;
    if (this.end === undefined || found.start >= this.end) {
      this.finish();
      this.start = found.start;
      this.end = found.end;
    } else if (found.end > this.end) this.end = found.end;
  }

  finish(): void {
    if (this.end !== undefined) this.replace(this.start, this.end, ERASED);
    this.end = undefined;
  }

  private isThis({ core, digits }: FoundNumber): boolean {
    return core === this.core || (core === '' && this.own.isWithin(digits));
  }
}

/**
 * Calls `visit` with the core of each number that `NumberSearch` would find in a text that may be JSON. A core may come
 * more than once.
 *
 * @returns a generator that the caller runs to the end; it yields after every {@link STEP} characters
 */
export function* eachCore(text: string, visit: (core: string) => void): Generator<void> {
  const finder = finderOf(text, visit);
  if (!looksLikeJson(text)) {
    yield* finder.findInSteps(0, text.length, STEP);
    return;
  }
  const pieces = new JsonPieces(text);
  let next = STEP;
  for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
    const said = contentOf(text, piece);
    const isShort = said.to - said.from <= LONGEST_WRITTEN;
    const core = piece.isNumber && isShort ? coreOf(said.text.slice(said.from, said.to)) : undefined;
    if (core !== undefined) visit(core);
    const finding = said.text === text ? finder : finderOf(said.text, visit);
    if (said.to - said.from > STEP) yield* finding.findInSteps(said.from, said.to, STEP);
    else finding.find(said.from, said.to);
    if (piece.to < next) continue;
    next = piece.to + STEP;
    yield;
  }
}

function finderOf(text: string, visit: (core: string) => void): NumberFinder {
  return new NumberFinder(text, NONE, ({ core }) => {
    if (core !== '') visit(core);
  });
}

/** The decimal digits of all scripts except ASCII, as ranges for a character class. */
const OTHER_DIGITS = otherDigits();
/** Matches every character that may separate digits, and others. */
const BETWEEN = `[^0-9A-Za-z${OTHER_DIGITS}]`;
const HAS_OTHER_DIGIT = new RegExp(`[${OTHER_DIGITS}]`, 'u');
/** Matches the escapes of characters that may be digits or separators. */
const HAS_ESCAPE = /\\[ut/]/;
const ESCAPE = '\\\\+u[0-9a-fA-F]{4}';

/** Regular expressions for PostgreSQL. Texts with JSON escapes are compared with both, all others only with `plain`. */
interface SqlPatterns {
  readonly plain: string;
  readonly escaped: string;
}

/** Says quickly whether a text in memory may contain the number. It examines each place a bounded number of times. */
class LikelyPlaces {
  private readonly ascii: RegExp;
  private readonly scientific: RegExp;

  /** @param core the result of `coreOf` */
  constructor(core: string) {
    // A separator of two code units counts as two here.
    this.ascii = new RegExp(Array.from(core).join(`[^0-9A-Za-z]{0,${2 * MOST_SEPARATORS}}`));
    this.scientific = new RegExp(inScientific(core));
  }

  /** Whether the text may contain the number. */
  isAnyIn(text: string): boolean {
    if (this.ascii.test(text) || this.scientific.test(text) || HAS_ESCAPE.test(text)) return true;
    // Any digit of another script counts: Node.js takes seconds to compile a pattern for the number in all scripts.
    return HAS_OTHER_DIGIT.test(text);
  }
}

/**
 * The patterns list the digits of all scripts, because PostgreSQL has no Unicode classes. There are two patterns,
 * because the time grows with the size of the pattern: with the escapes in it, `plain` took seven times as long.
 */
function sqlPatternsOf(core: string): SqlPatterns {
  // If the core has no zeros at its end, all its digits stand before the exponent with at most a dot between them.
  // `plain` matches that.
  const scientific = core.endsWith('0') ? `|${inScientific(core)}` : '';
  const digits = digitsOf(core).map((digit) => `(?:${digit}|${ESCAPE})`);
  return {
    plain: inAnyScript(core) + scientific,
    escaped: digits.join(`(?:[^0-9A-Za-z]|${ESCAPE}|\\\\+t)*`),
  };
}

/**
 * An SQL condition: whether a text may contain the number.
 *
 * @param text an SQL expression
 * @param plain the placeholder of the parameter `plain`
 * @param escaped the placeholder of the parameter `escaped`
 */
export function mayHold(text: string, plain: string, escaped: string): string {
  return `(${text} ~ ${plain} OR (strpos(${text}, '\\') > 0 AND ${text} ~ '\\\\[ut/]' AND ${text} ~ ${escaped}))`;
}

function inAnyScript(core: string): string {
  return digitsOf(core).join(`${BETWEEN}{0,${MOST_SEPARATORS}}`);
}

function digitsOf(core: string): string[] {
  return Array.from(core, (digit) => `[${digit}${OTHER_DIGITS}]`);
}

/**
 * A pattern for `1.39e10` and `1390000E4`: the digits without the zeros at their end, with a dot anywhere, and an
 * exponent.
 */
function inScientific(core: string): string {
  const reversed = Array.from(core).reverse().join('');
  const significant = Array.from(withoutZeros(reversed)).reverse();
  return `${significant.join('[.]?')}[0.]*[eE][+-]?[0-9]`;
}

function otherDigits(): string {
  let ranges = '';
  for (const codePoint of digitsBeyondAscii()) {
    const character = String.fromCodePoint(codePoint);
    if (ranges.endsWith(`-${String.fromCodePoint(codePoint - 1)}`))
      ranges = ranges.slice(0, -String.fromCodePoint(codePoint - 1).length) + character;
    else ranges += `${character}-${character}`;
  }
  return ranges;
}
