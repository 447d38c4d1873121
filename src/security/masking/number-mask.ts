// What those may see of a telephone number who may not see it.
import type { FoundNumber } from '../../numbers/find-numbers.js';

export const HIDDEN = '****';
const MOST_SHOWN = 7;
/** Of numbers of {@link SHORTEST_WITH_ALL_SHOWN} characters or more; of shorter ones fewer. */
export const MOST_AT_THE_END = 4;
export const SHORTEST_WITH_ALL_SHOWN = 11;
const LEAST_HIDDEN = 4;
/** Of a shorter one, what could be shown would tell it. */
const SHORTEST_SHOWN = 7;

/** How many characters are shown before and behind {@link HIDDEN}. */
export interface Shown {
  readonly head: number;
  readonly tail: number;
}

/**
 * `139****0000`: the first three and the last four characters, fewer of shorter numbers, so that four at least are hidden;
 * none below seven. The text may be anything: what stands in a field of numbers need not be one.
 */
export function maskNumber(text: string): string {
  // Of a long one, only what may be shown is taken apart.
  const isLong = text.length > 4 * SHORTEST_WITH_ALL_SHOWN;
  const first = Array.from(isLong ? text.slice(0, 2 * MOST_SHOWN) : text);
  const last = isLong ? Array.from(text.slice(-2 * MOST_SHOWN)) : first;
  const { head, tail } = shownOf(isLong ? SHORTEST_WITH_ALL_SHOWN : first.length);
  return first.slice(0, head).join('') + HIDDEN + last.slice(last.length - tail).join('');
}

/** @param length of a number, in characters */
export function shownOf(length: number): Shown {
  if (length < SHORTEST_SHOWN) return { head: 0, tail: 0 };
  const shown = Math.min(MOST_SHOWN, length - LEAST_HIDDEN);
  const tail = Math.min(MOST_AT_THE_END, Math.ceil(shown / 2));
  return { head: shown - tail, tail };
}

/** So many numbers that overlap are remembered, those in the middle apart. */
const MOST_REMEMBERED = 64;
/** Of more digits than these, at the beginning or the end of a place, none is shown. */
const EDGE = 4;

/** Some digits of the place: how many stand before them and behind them. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes the numbers of a text in the order of their beginnings, and tells of each place what to show there. They may overlap:
 * `400 820 8820` is one, and `820 8820`, too.
 */
export class MaskedPlaces {
  private first: FoundNumber | undefined;
  private last: FoundNumber | undefined;
  private parts: Part[] = [];

  constructor(private readonly tell: (start: number, end: number, shown: string) => void) {}

  add(found: FoundNumber): void {
    if (this.last !== undefined && found.start >= this.last.end) this.finish();
    this.first ??= found;
    if (this.last === undefined || found.end > this.last.end) this.last = found;
    this.parts.push({ from: found.position, to: found.position + found.digits.length });
    if (this.parts.length > MOST_REMEMBERED) this.forget(found);
  }

  /** To be called after the last number. */
  finish(): void {
    const { first, last, parts } = this;
    if (first === undefined || last === undefined) return;
    this.tell(
      first.start,
      last.end,
      parts.length === 1 ? maskNumber(written(first)) : joined(first, last, parts),
    );
    this.first = undefined;
    this.last = undefined;
    this.parts = [];
  }

  private forget({ position }: FoundNumber): void {
    const begin = this.first?.position ?? position;
    // What begins later ends no earlier than this.
    this.parts = this.parts.filter(({ from, to }) => from - begin < EDGE || position - to < EDGE);
  }
}

function joined(first: FoundNumber, last: FoundNumber, parts: readonly Part[]): string {
  const begin = first.position;
  const end = last.position + last.digits.length;
  const plus = first.hasPlus ? 1 : 0;
  const shown = { ...shownOf(end - begin + plus) };
  for (const { from, to } of parts) {
    const most = shownOf(to - from);
    const before = () => Math.max(0, shown.head - plus - (from - begin));
    const behind = () => Math.max(0, shown.tail - (end - to));
    while (before() + behind() > most.head + most.tail) {
      if (behind() > 0) shown.tail -= 1;
      else shown.head -= 1;
    }
  }
  return shownParts(written(first), last.digits, shown);
}

function shownParts(first: string, last: string, { head, tail }: Shown): string {
  return first.slice(0, head) + HIDDEN + last.slice(last.length - tail);
}

function written({ hasPlus, digits }: FoundNumber): string {
  return (hasPlus ? '+' : '') + digits;
}
