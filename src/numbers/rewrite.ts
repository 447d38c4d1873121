// Rewrites texts and JSON: something else stands in the places of numbers. What stays is not touched, and what was JSON still is.
import { type FoundNumber, NumberFinder } from './find-numbers.js';
import { type Content, contentOf, isJsonNumber, JsonPieces } from './json-pieces.js';
import type { OwnNumbers } from './own-numbers.js';

/** Says what stands in the place of numbers. */
export interface Replacer {
  /** Gets the numbers in the order of their beginnings; they may overlap. */
  add(found: FoundNumber): void;
  /** To be called after the last number. */
  finish(): void;
}

/** Puts a text in the place of a part of the text, behind the part before. */
export type Replace = (start: number, end: number, by: string) => void;

export type MakeReplacer = (replace: Replace) => Replacer;

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
   * A range of the text, which is not before the last one.
   *
   * @returns undefined when it stays as it is
   */
  range(from: number, to: number): string | undefined {
    this.done = from;
    this.finder.find(from, to);
    return this.rewrittenUpTo(to);
  }

  /** The same, with a rest after so many characters each time. */
  *rangeInSteps(from: number, to: number, step: number): Generator<void, string | undefined> {
    this.done = from;
    yield* this.finder.findInSteps(from, to, step);
    return this.rewrittenUpTo(to);
  }

  /** The whole text in parts, each made of so many characters of it at least. */
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

/** @returns what is to stand there; undefined when it stays as it is. Of long contents that comes at the end of some steps. */
export type RewriteContent = (content: Content) => Generator<void, string | undefined> | string | undefined;

/** In parts, each made of so many characters at least. */
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
