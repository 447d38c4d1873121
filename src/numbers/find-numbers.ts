// The one place that says which digits of a text are a telephone number. Masking hides what is found here, and erasing a
// number takes out what is found here with its core.
import { coreOfDigits, isInternational, isMobile, MOST_WITH_PREFIX, withoutZeros } from './core.js';
import { DigitRuns, type Group } from './digit-runs.js';
import { CERTAIN, FIRM, FREE, isMoment, LIKELY, Never } from './never-numbers.js';
import { isInstant } from './never-words.js';
import { NONE, type OwnNumbers } from './own-numbers.js';

const LEAST_DIGITS = 7;
const MOBILE_LENGTH = 11;
/** More digits in one piece are nobody's id. */
const LONGEST_RUN = 256;
/** `10 20 30 40` counts something: without a prefix, a number in groups has one of three digits or more. */
const LEAST_WIDEST = 3;
const LONGEST_COUNTRY = 3;
const SHORTEST_AREA_CODE = 3;
/** Behind these another thing begins, as in a table. */
const LIST_SEPARATORS = new Set([',', '\t', '\u3001', '\uFF0C']);
const ZERO = 0x30;

/** Whole neighbouring groups of digits that are a number. What is found may overlap: `400 820 8820` and `820 8820`. */
export interface FoundNumber {
  /** Where it begins in the text, its plus sign included. */
  readonly start: number;
  readonly end: number;
  /** How many digits stand before it that are no more than three separators apart, from it or from each other. */
  readonly position: number;
  /** ASCII. */
  readonly digits: string;
  readonly hasPlus: boolean;
  /** Empty for very long digits, which are no number but may hold one. */
  readonly core: string;
  /** Whether it is a number for sure, as a mobile one or one with a plus sign, and not only by its looks. */
  readonly isCertain: boolean;
}

/** Gets them in the order of their beginnings. */
export type NumberVisitor = (found: FoundNumber) => void;

/** Finds numbers in ranges of one text, each behind the one before. */
export class NumberFinder {
  private readonly runs: DigitRuns;

  /** @param own numbers that are some, whatever they look like */
  constructor(
    private readonly text: string,
    own: OwnNumbers,
    visit: NumberVisitor,
  ) {
    const least = Math.min(LEAST_DIGITS, own.leastDigits);
    this.runs = new DigitRuns(text, least, (run, first, last) => {
      new RunNumbers(text, run, own, least, visit).tell(first, last);
    });
  }

  find(from: number, to: number): void {
    if (!isInstant(this.text, from, to)) this.runs.scan(from, to);
  }

  /** As {@link find}, but rests after so many characters each time. */
  *findInSteps(from: number, to: number, step: number): Generator<void> {
    this.runs.begin(from, to);
    for (let place = from; place < to; place += step) {
      this.runs.advance(Math.min(to, place + step));
      yield;
    }
    this.runs.end();
  }
}

/** Whether there is a telephone number in a short text. */
export function holdsNumber(text: string): boolean {
  let isFound = false;
  const finder = new NumberFinder(text, NONE, () => {
    isFound = true;
  });
  finder.find(0, text.length);
  return isFound;
}

/** The numbers of one run of groups. */
class RunNumbers {
  private never: Never | undefined;
  /** By group: whether it is a part of a mobile number; and the first group of the one that ends with it. */
  private mobileParts: boolean[] | undefined;
  private readonly mobileEndingAt: (number | undefined)[] = [];

  constructor(
    private readonly text: string,
    private readonly run: readonly Group[],
    private readonly own: OwnNumbers,
    private readonly leastDigits: number,
    private readonly visit: NumberVisitor,
  ) {}

  tell(from: number, to: number): void {
    for (let first = 0; first < this.run.length; first += 1) this.noteMobiles(first);
    for (let first = from; first < to; first += 1) {
      this.tellLong(first);
      this.tellFrom(first);
    }
  }

  /** A mobile number has eleven digits behind its prefix, so there is one at most that begins with a group. */
  private noteMobiles(first: number): void {
    const { run } = this;
    const group = run[first];
    if (group === undefined || !this.mayBeginMobile(first)) return;
    const digits = this.digitsFrom(first);
    const length = digits.length - mobileBehindPrefix(digits).length + MOBILE_LENGTH;
    const last = this.lastOf(first, length);
    if (last === undefined) return;
    const core = coreOfDigits(digits.slice(0, length), group.hasPlus);
    if (core === undefined || !isMobile(core) || !this.mayBeMobile(first, last)) return;
    this.mobileParts ??= run.map(() => false);
    this.mobileParts.fill(true, first, last + 1);
    this.mobileEndingAt[last] = first;
  }

  /** Whether the digits begin with 13 to 19, or with what may stand before that: 0, 86. */
  private mayBeginMobile(first: number): boolean {
    const { digits = '' } = this.run[first] ?? {};
    const one = digits.charCodeAt(0) - ZERO;
    if (one !== 1) return one === 0 || one === 8;
    const next = digits.length > 1 ? digits.charCodeAt(1) : this.run[first + 1]?.digits.charCodeAt(0);
    return next !== undefined && next - ZERO >= 3;
  }

  /** The digits of the groups from one on, as many as a number may have. */
  private digitsFrom(first: number): string {
    let digits = '';
    for (let at = first; at < this.run.length && digits.length < MOST_WITH_PREFIX; at += 1)
      digits += this.run[at]?.digits.slice(0, MOST_WITH_PREFIX) ?? '';
    return digits;
  }

  /** The group with which so many digits end; undefined when they end within one. */
  private lastOf(first: number, length: number): number | undefined {
    let rest = length;
    for (let at = first; at < this.run.length && rest > 0; at += 1) {
      rest -= this.run[at]?.length ?? 0;
      if (rest === 0) return at;
    }
    return undefined;
  }

  private tellLong(at: number): void {
    const group = this.run[at];
    if (group === undefined || group.length <= LEAST_DIGITS) return;
    if (group.length <= MOST_WITH_PREFIX && coreOfDigits(group.digits, group.hasPlus) !== undefined) return;
    if (group.length <= LONGEST_RUN && !this.own.isWithin(group.digits)) return;
    this.tellOne(at, at, group.digits, '', true);
  }

  private tellFrom(first: number): void {
    const { run, leastDigits } = this;
    let widest = 0;
    let digits = '';
    for (let last = first, length = 0; last < run.length; last += 1) {
      const group = run[last];
      if (group === undefined) return;
      length += group.length;
      if (length > MOST_WITH_PREFIX) return;
      if (group.length > widest) widest = group.length;
      digits += group.digits;
      if (length >= leastDigits) this.lookAt(first, last, digits, widest);
    }
  }

  private lookAt(first: number, last: number, digits: string, widest: number): void {
    const group = this.run[first];
    if (group === undefined) return;
    const { hasPlus } = group;
    const hasPrefix = hasPlus || (group.length > 1 && group.digits.charCodeAt(0) === ZERO);
    const isGrouped = hasPrefix || widest >= LEAST_WIDEST;
    const mayBeOwn = this.own.mayBe(digits);
    if (!isGrouped && !mayBeOwn && !this.isMobilePart(first)) return;
    const core = coreOfDigits(digits, hasPlus);
    const own = mayBeOwn ? (core ?? withoutZeros(digits)) : '';
    if (mayBeOwn && this.own.has(own)) this.tellOne(first, last, digits, own, true);
    else if (core === undefined) return;
    else if (isMobile(core)) {
      if (this.mayBeMobile(first, last)) this.tellOne(first, last, digits, core, true);
    } else if (isGrouped && this.looksLikeNumber(first, last, digits) && !this.isBesideMobile(first, last))
      this.tellOne(first, last, digits, core, hasPlus);
  }

  private tellOne(first: number, last: number, digits: string, core: string, isCertain: boolean): void {
    const [begin, end] = [this.run[first], this.run[last]];
    if (begin === undefined || end === undefined) return;
    const { start, position, hasPlus } = begin;
    this.visit({ start, end: end.end, position, digits, hasPlus, core, isCertain });
  }

  private mayBeMobile(first: number, last: number): boolean {
    // In one piece it is one even behind a dot: `1.13900000000`.
    if (first === last) return this.sureOf(first) !== CERTAIN;
    return this.mayBe(first, last, this.isMarked(first) ? FIRM : LIKELY);
  }

  /** Whether a number to be dialled from another country begins here. */
  private isMarked(first: number): boolean {
    const { hasPlus = false, digits = '' } = this.run[first] ?? {};
    return hasPlus || isInternational(digits);
  }

  private looksLikeNumber(first: number, last: number, digits: string): boolean {
    if (this.isMarked(first)) return this.mayBe(first, last, FIRM);
    // Behind an area code, what may be a date or a fraction is a number.
    const hasAreaCode = (this.run[first]?.length ?? 0) >= SHORTEST_AREA_CODE && digits.charCodeAt(0) === ZERO;
    return !isMoment(digits) && this.mayBe(first, last, hasAreaCode ? LIKELY : FREE);
  }

  /** Whether nothing of the groups is surer something else than that, and they hold all of what is or nothing of it. */
  private mayBe(first: number, last: number, most: number): boolean {
    const never = (this.never ??= new Never(this.run, this.text));
    return never.isAtMost(most, first, last) && never.isWhole(first, last);
  }

  private sureOf(at: number): number {
    return (this.never ??= new Never(this.run, this.text)).sureOf(at);
  }

  private isMobilePart(at: number): boolean {
    return this.mobileParts?.[at] === true;
  }

  /**
   * Whether a mobile number has some of these digits: then they are none but for a country code before all of it. Else
   * `139 0000 0000 5 times` would be hidden as one number, with other last digits than people know it by.
   */
  private isBesideMobile(first: number, last: number): boolean {
    const { run } = this;
    if (this.mobileParts?.slice(first, last + 1).includes(true) !== true) return false;
    const begin = this.mobileEndingAt[last];
    if (begin === undefined || begin <= first) return true;
    if (this.mobileParts.slice(first, begin).includes(true)) return true;
    if (LIST_SEPARATORS.has(run[begin]?.separator ?? '')) return true;
    const before = run.slice(first, begin);
    const length = before.reduce((sum, group) => sum + group.length, 0);
    return length > LONGEST_COUNTRY || before[0]?.digits.startsWith('0') === true;
  }
}

/** Digits without what may stand before a mobile number. */
function mobileBehindPrefix(digits: string): string {
  const bare = withoutZeros(digits);
  return bare.startsWith('86') ? withoutZeros(bare.slice(2)) : bare;
}
