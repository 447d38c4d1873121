// Rewrites a text: something else stands in the places of numbers.
import { type FoundNumber, NumberFinder } from './find-numbers.js';
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
    this.replacer.finish();
    if (!this.isChanged) return undefined;
    const rewritten = this.rewritten + this.text.slice(this.done, to);
    this.rewritten = '';
    this.isChanged = false;
    return rewritten;
  }

  /** The whole text in parts, each made of so many characters of it at least. */
  *parts(step: number): Generator<string> {
    const finding = this.finder.findAll(step);
    while (finding.next().done !== true) {
      yield this.rewritten;
      this.rewritten = '';
    }
    this.replacer.finish();
    yield this.rewritten + this.text.slice(this.done);
  }
}
