// Looks for telephone numbers in texts and JSON, however they are written, and takes one out.
import { Quotes } from '../json/scanner.js';
import { charactersOf, DIGIT } from './characters.js';
import { coreOf, LONGEST_WRITTEN, MOST_SEPARATORS, withoutZeros } from './core.js';
import { type FoundNumber, NumberFinder } from './find-numbers.js';
import { type Content, contentOf, isJsonNumber, JsonPieces, looksLikeJson } from './json-pieces.js';
import { NONE, OwnNumbers, ownNumbersIn } from './own-numbers.js';
import { type MakeReplacer, type Replace, type Replacer, rewrittenJson, TextRewriter } from './rewrite.js';

/** What stands in the place of an erased number. */
export const ERASED = '[erased]';

/** So many characters are looked at before others have their turn: 100 ms at most. */
const STEP = 65_536;

export class NumberSearch {
  private readonly likely: LikelyPlaces;
  private patterns: SqlPatterns | undefined;

  /** @param core as `coreOf` gives it */
  constructor(readonly core: string) {
    this.likely = new LikelyPlaces(core);
  }

  /** They find all texts in which this finds the number, and more. */
  get sqlPatterns(): SqlPatterns {
    this.patterns ??= sqlPatternsOf(this.core);
    return this.patterns;
  }

  /** The parameters of `mayHold`, in its order. */
  get sqlParameters(): readonly [plain: string, escaped: string] {
    return [this.sqlPatterns.plain, this.sqlPatterns.escaped];
  }

  /**
   * Every form of a number ends with its core. So all forms, read backwards, stand in an index from the first of these texts up to,
   * not including, the second.
   */
  get reversedRange(): readonly [first: string, behind: string] {
    const first = Array.from(this.core).reverse().join('');
    return [first, first.slice(0, -1) + String.fromCharCode(first.charCodeAt(first.length - 1) + 1)];
  }

  /** Whether the number is in a text that is no JSON. */
  isIn(text: string): boolean {
    return this.erasedFrom(text) !== text;
  }

  isInJson(json: string): boolean {
    return this.erasedFromBody(json) !== json;
  }

  /** A text that is no JSON, with {@link ERASED} in the place of the number. */
  erasedFrom(text: string): string {
    if (!this.likely.isAnyIn(text)) return text;
    return new TextRewriter(text, NONE, eraserOf(this.core, NONE)).range(0, text.length) ?? text;
  }

  /** A text that may be JSON, with {@link ERASED} in the place of the number. What was JSON still is. */
  erasedFromBody(text: string): string {
    return [...this.erasedParts(text)].join('');
  }

  /** The same in parts, between which others can have their turn. */
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
      if (piece.isNumber && this.isThis(content)) return ERASED;
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

/** @param quotes of a text that may have JSON in it: a number that is in none of its strings becomes one */
function eraserOf(core: string, own: OwnNumbers, quotes?: Quotes): MakeReplacer {
  return (replace) =>
    new ErasedPlaces(core, own, (start, end, by) => {
      replace(start, end, quotes?.isInString(start) === false ? `"${by}"` : by);
    });
}

/** Puts {@link ERASED} where a number is. */
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
 * Tells of the core of each number that `NumberSearch` would find in a text that may be JSON, of some more than once.
 *
 * @returns to be gone through to the end; rests now and then
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

/** The decimal digits of all scripts but ASCII, as ranges of a class. */
const OTHER_DIGITS = otherDigits();
/** What may part digits is among these. */
const BETWEEN = `[^0-9A-Za-z${OTHER_DIGITS}]`;
const HAS_OTHER_DIGIT = new RegExp(`[${OTHER_DIGITS}]`, 'u');
/** Of characters that may be digits or part them; those of two code units have two. */
const HAS_ESCAPE = /\\[ut/]/;
const ESCAPE = '\\\\+u[0-9a-fA-F]{4}';

/** Regular expressions of PostgreSQL. What has an escape of JSON is looked at by both, all else by `plain` alone. */
interface SqlPatterns {
  readonly plain: string;
  readonly escaped: string;
}

/** Finds what may be a number, for a text in memory. Each place of it is looked at a bounded number of times. */
class LikelyPlaces {
  private readonly ascii: RegExp;
  private readonly scientific: RegExp;

  /** @param core as `coreOf` gives it */
  constructor(core: string) {
    // Separators of two code units count as two here.
    this.ascii = new RegExp(Array.from(core).join(`[^0-9A-Za-z]{0,${2 * MOST_SEPARATORS}}`));
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
function sqlPatternsOf(core: string): SqlPatterns {
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
