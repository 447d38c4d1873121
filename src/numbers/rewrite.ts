// Replaces numbers in texts and JSON. Everything else stays unchanged, and valid JSON stays valid.
import { type FoundNumber, NumberFinder } from './find-numbers.js';
import { type Content, contentOf, isJsonNumber, JsonPieces } from './json-pieces.js';
import type { OwnNumbers } from './own-numbers.js';

/** Decides what replaces the numbers. */
export interface Replacer {
  /** Receives the numbers in the order in which they begin. They may overlap. */
  add(found: FoundNumber): void;
  /** Call this after the last number. */
  finish(): void;
}

/** Replaces a range of the text. Ranges must come in the order of the text. */
export type Replace = (start: number, end: number, by: string) => void;

export type MakeReplacer = (replace: Replace) => Replacer;

/** Replaces numbers in ranges of one text. */
export class TextRewriter {
  private readonly finder: NumberFinder;
  private readonly replacer: Replacer;
  private rewritten = '';
  private done = 0;
  private isChanged = false;

  constructor(
    private readonly text: string,
    own: OwnNumbers,
    make: MakeReplacer,
  ) {
    this.replacer = make((start, end, by) => {
      this.rewritten += text.slice(this.done, start) + by;
      this.done = end;
      this.isChanged = true;
    });
    this.finder = new NumberFinder(text, own, (found) => {
      this.replacer.add(found);
    });
  }

  /**
   * Rewrites a range of the text. Ranges must come in the order of the text.
   *
   * @returns undefined when the range stays unchanged
   */
  range(from: number, to: number): string | undefined {
    this.done = from;
    this.finder.find(from, to);
    return this.rewrittenUpTo(to);
  }

  /** Works like {@link range}, but yields after every `step` characters. */
  *rangeInSteps(from: number, to: number, step: number): Generator<void, string | undefined> {
    this.done = from;
    yield* this.finder.findInSteps(from, to, step);
    return this.rewrittenUpTo(to);
  }

  /** Rewrites the whole text and yields it in parts, one after every `step` characters. */
  *parts(step: number): Generator<string> {
    const finding = this.finder.findInSteps(0, this.text.length, step);
    while (finding.next().done !== true) {
      yield this.rewritten;
      this.rewritten = '';
    }
    this.replacer.finish();
    yield this.rewritten + this.text.slice(this.done);
  }

  private rewrittenUpTo(to: number): string | undefined {
    this.replacer.finish();
    if (!this.isChanged) return undefined;
    const rewritten = this.rewritten + this.text.slice(this.done, to);
    this.rewritten = '';
    this.isChanged = false;
    return rewritten;
  }
}

/**
 * Rewrites the content of a name or a value.
 *
 * @returns the new content, or undefined when it stays unchanged; for long contents, a generator that returns this
 *   after some steps
 */
export type RewriteContent = (content: Content) => Generator<void, string | undefined> | string | undefined;

/** Rewrites a JSON text and yields it in parts, one after every `step` characters or more. */
export function* rewrittenJson(text: string, step: number, rewrite: RewriteContent): Generator<string> {
  const pieces = new JsonPieces(text);
  let rewritten = '';
  let done = 0;
  let next = step;
  for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
    const { from, to } = piece;
    const content = contentOf(text, piece);
    const result = rewrite(content);
    const changed = typeof result === 'object' ? yield* inEmptyParts(result) : result;
    if (changed !== undefined) {
      rewritten += text.slice(done, from) + written(changed, content, text);
      done = to;
    }
    if (to < next) continue;
    next = to + step;
    yield rewritten;
    rewritten = '';
  }
  yield rewritten + text.slice(done);
}

function* inEmptyParts<Result>(steps: Generator<void, Result>): Generator<string, Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield '';
  }
}

function written(changed: string, { piece, text: said }: Content, text: string): string {
  if (piece.kind === 'bare') return isJsonNumber(piece, text) ? JSON.stringify(changed) : changed;
  return said === text ? changed : JSON.stringify(changed).slice(1, -1);
}
