// What stands in the places of a text where numbers were found. They may overlap: `400 820 8820` is one, and `820 8820`, too.
import type { FoundNumber } from '../../numbers/find-numbers.js';
import { HIDDEN, maskNumber, type Shown, shownOf } from './number-mask.js';

/** So many numbers that overlap are remembered, those in the middle apart. */
const MOST_REMEMBERED = 64;
/** Of more digits than these, at the beginning or the end of a place, none is shown. */
const EDGE = 4;

/** Some digits of the place: how many stand before them and behind them. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** Takes numbers in the order of their beginnings, and tells of each place what to show there. */
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
