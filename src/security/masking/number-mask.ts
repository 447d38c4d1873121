// Says which digits of a phone number are shown without the scope `numbers:read`.
import type { FoundNumber } from '../../numbers/find-numbers.js';

export const HIDDEN = '****';
const MOST_SHOWN = 7;
/**
 * The most characters that are shown at the end. Numbers with fewer than {@link SHORTEST_WITH_ALL_SHOWN} characters
 * show fewer.
 */
export const MOST_AT_THE_END = 4;
export const SHORTEST_WITH_ALL_SHOWN = 11;
const LEAST_HIDDEN = 4;
/** A shorter number shows nothing, because the shown characters would reveal it. */
const SHORTEST_SHOWN = 7;

/** The number of characters that are shown before and after {@link HIDDEN}. */
interface Shown {
  readonly head: number;
  readonly tail: number;
}

/**
 * Masks a number, for example as `139****0000`: it shows the first three and the last four characters. Shorter numbers
 * show fewer, so that at least four are hidden. Numbers with fewer than seven characters show none. The text may be
 * anything, because a field of numbers may hold other text.
 */
export function maskNumber(text: string): string {
  // Of a long text, only the ends, which may be shown, are split into characters.
  const isLong = text.length > 4 * SHORTEST_WITH_ALL_SHOWN;
  const first = Array.from(isLong ? text.slice(0, 2 * MOST_SHOWN) : text);
  const last = isLong ? Array.from(text.slice(-2 * MOST_SHOWN)) : first;
  const { head, tail } = shownOf(isLong ? SHORTEST_WITH_ALL_SHOWN : first.length);
  return first.slice(0, head).join('') + HIDDEN + last.slice(last.length - tail).join('');
}

/** @param length length of a number, in characters */
function shownOf(length: number): Shown {
  if (length < SHORTEST_SHOWN) return { head: 0, tail: 0 };
  const shown = Math.min(MOST_SHOWN, length - LEAST_HIDDEN);
  const tail = Math.min(MOST_AT_THE_END, Math.ceil(shown / 2));
  return { head: shown - tail, tail };
}

/**
 * The most overlapping numbers that are remembered. If there are more, those in the middle of the place are forgotten.
 */
const MOST_REMEMBERED = 64;
/** The most digits that are shown at the beginning or the end of a place. */
const EDGE = 4;

/** The digits of one number: the position of its first digit, and the position after its last one. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * Takes the numbers of a text in the order of their beginnings, and reports for each place what to show there. Numbers
 * may overlap: `400 820 8820` is a number, and so is `820 8820` within it.
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

  /** Call it after the last number. */
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
    // The place ends after this number begins. So a number that ends long before is not near the end of the place.
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
