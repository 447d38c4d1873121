// The numbers in a call's fields for phone numbers. The same digits elsewhere in the call are numbers too, even if they
// do not look like numbers.
import { coreOfDigits, digitsIn, MOST_WITH_PREFIX, withoutZeros } from './core.js';
import { contentOf, JsonPieces } from './json-pieces.js';

/** The fewest digits of such a number. Shorter ones are too common to look for, even within one call. */
export const SHORTEST = 5;
const SHORTEST_CORE = 7;
const LONGEST_CORE = 15;
const LONGEST_TEXT = 256;
const PREFIX = 10 ** SHORTEST_CORE;
const ZERO = 0x30;
const SIX = 0x36;
const EIGHT = 0x38;

/** A set of numbers, with quick checks for texts without any. */
export class OwnNumbers {
  private readonly numbers = new Set<string>();
  /** The first seven digits of each number that may also be found inside longer digits. */
  private readonly beginnings = new Set<number>();
  private shortest = Infinity;
  /** A bit set of the lengths of the numbers. */
  private lengths = 0;

  /** @param written the value of a field for phone numbers; it need not be a number */
  add(written: string): void {
    if (written.length > LONGEST_TEXT) return;
    const { digits, hasPlus } = digitsIn(written) ?? { digits: '', hasPlus: false };
    if (digits.length < SHORTEST || digits.length > MOST_WITH_PREFIX) return;
    const core = coreOfDigits(digits, hasPlus) ?? withoutZeros(digits);
    if (core.length >= SHORTEST && core.length <= LONGEST_CORE) this.addCore(core);
  }

  /** @param core the result of `coreOf`, or digits without leading zeros */
  addCore(core: string): void {
    this.numbers.add(core);
    this.shortest = Math.min(this.shortest, core.length);
    this.lengths |= 1 << core.length;
    if (core.length >= SHORTEST_CORE) this.beginnings.add(Number(core.slice(0, SHORTEST_CORE)));
  }

  get isEmpty(): boolean {
    return this.numbers.size === 0;
  }

  /** How many digits the shortest number has; Infinity when there is no number. */
  get leastDigits(): number {
    return this.shortest;
  }

  /** @param core the result of `coreOf`, or digits without leading zeros */
  has(core: string): boolean {
    return this.numbers.has(core);
  }

  /** A quick check: whether the digits, without a possible prefix, are as long as one of the numbers. */
  mayBe(digits: string): boolean {
    if (this.lengths === 0) return false;
    const bare = afterZeros(digits, 0);
    if (this.isLength(digits.length - bare)) return true;
    if (digits.charCodeAt(bare) !== EIGHT || digits.charCodeAt(bare + 1) !== SIX) return false;
    return this.isLength(digits.length - afterZeros(digits, bare + 2));
  }

  private isLength(length: number): boolean {
    return ((this.lengths >> length) & 1) === 1;
  }

  /**
   * Whether the digits contain a number of seven digits or more. The time is linear, because each place is first
   * compared by seven digits only.
   */
  isWithin(digits: string): boolean {
    const { beginnings } = this;
    if (beginnings.size === 0) return false;
    let value = 0;
    for (let end = 1; end <= digits.length; end += 1) {
      value = ((value * 10) % PREFIX) + digits.charCodeAt(end - 1) - 0x30;
      if (end >= SHORTEST_CORE && beginnings.has(value) && this.beginsAt(digits, end - SHORTEST_CORE))
        return true;
    }
    return false;
  }

  private beginsAt(digits: string, start: number): boolean {
    const most = Math.min(LONGEST_CORE, digits.length - start);
    for (let length = SHORTEST_CORE; length <= most; length += 1)
      if (this.numbers.has(digits.slice(start, start + length))) return true;
    return false;
  }
}

function afterZeros(digits: string, from: number): number {
  let at = from;
  while (digits.charCodeAt(at) === ZERO) at += 1;
  return at;
}

/** No numbers. Do not add any. */
export const NONE = new OwnNumbers();

/**
 * The numbers in the fields for phone numbers of a JSON text, at any depth.
 *
 * @param step it yields an empty text after every `step` characters
 */
export function* ownNumbersIn(json: string, step: number): Generator<string, OwnNumbers> {
  const own = new OwnNumbers();
  const pieces = new JsonPieces(json);
  let next = step;
  for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
    if (piece.isNumber) {
      const { text, from, to } = contentOf(json, piece);
      own.add(text.slice(from, to));
    }
    if (piece.to < next) continue;
    next = piece.to + step;
    yield '';
  }
  return own;
}
