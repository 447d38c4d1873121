// Looks for one telephone number, however it is written, and takes it out.
import { coreOf } from './core.js';
import type { FoundNumber } from './find-numbers.js';
import { looksLikeJson } from './json-pieces.js';
import { type Content, isJsonNumber, rewrittenJson } from './json-rewriter.js';
import { LikelyPlaces, type SqlPatterns, sqlPatternsOf } from './likely-places.js';
import { ownNumbersIn } from './own-numbers-in.js';
import { NONE, OwnNumbers } from './own-numbers.js';
import { Quotes } from './quotes.js';
import { type MakeReplacer, type Replace, type Replacer, TextRewriter } from './text-rewriter.js';

/** What stands in the place of an erased number. */
export const ERASED = '[erased]';

/** So many characters are looked at between two parts. */
const STEP = 262_144;

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

  private erasedJson(json: string): Generator<string> {
    const own = new OwnNumbers();
    if (ownNumbersIn(json).has(this.core)) own.addCore(this.core);
    const eraser = eraserOf(this.core, own);
    const whole = new TextRewriter(json, own, eraser);
    return rewrittenJson(json, STEP, (content) => {
      const { piece, text, from, to } = content;
      if (piece.isNumber && this.isThis(content)) return ERASED;
      const rewriter = text === json ? whole : new TextRewriter(text, own, eraser);
      const erased = rewriter.range(from, to);
      return erased === undefined || !isJsonNumber(piece, json) ? erased : ERASED;
    });
  }

  private isThis({ text, from, to }: Content): boolean {
    return to - from <= LONGEST_WRITTEN && coreOf(text.slice(from, to)) === this.core;
  }
}

/** What is longer is more than one number with all that may part its digits. */
const LONGEST_WRITTEN = 256;

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
