// Decides which digits of a text are a phone number. Masking hides what is found here. Erasing a number removes what is
// found here with the same core.
import { coreOfDigits, isInternational, isMobile, MOST_WITH_PREFIX, withoutZeros } from './core.js';
import { DigitRuns, type Group } from './digit-runs.js';
import { CERTAIN, FIRM, FREE, isMoment, LIKELY, Never } from './never-numbers.js';
import { isInstant } from './never-words.js';
import { NONE, type OwnNumbers } from './own-numbers.js';

const LEAST_DIGITS = 7;
const MOBILE_LENGTH = 11;
/** The longest group of digits that may be somebody's ID. A longer one is masked, because it may hide a number. */
const LONGEST_RUN = 256;
/** A number in groups without a prefix has a group of at least three digits. `10 20 30 40` is a list of amounts. */
const LEAST_WIDEST = 3;
const LONGEST_COUNTRY = 3;
const SHORTEST_AREA_CODE = 3;
/** After these separators something else begins, as in a table. */
const LIST_SEPARATORS = new Set([',', '\t', '\u3001', '\uFF0C']);
const ZERO = 0x30;

/** Neighbouring whole groups of digits that form a number. Found numbers may overlap: `400 820 8820` and `820 8820`. */
export interface FoundNumber {
  /** The place in the text where the number begins, with its plus sign. */
  readonly start: number;
  readonly end: number;
  /** How many digits of the same run stand before it. At most three separators stand between two digits of a run. */
  readonly position: number;
  /** The digits in ASCII. */
  readonly digits: string;
  readonly hasPlus: boolean;
  /** Empty for a very long group of digits, which is not a number but may contain one. */
  readonly core: string;
  /**
   * Whether it is certainly a number, such as a mobile number or one with a plus sign. Otherwise it only looks like
   * one.
   */
  readonly isCertain: boolean;
}

/** Receives the numbers in the order in which they begin. */
export type NumberVisitor = (found: FoundNumber) => void;

/** Finds numbers in ranges of one text. The ranges must come in the order of the text. */
export class NumberFinder {
  private readonly runs: DigitRuns;

  /** @param own numbers that are found even if they do not look like numbers */
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

  /** Finds the numbers in a range of the text. */
  find(from: number, to: number): void {
    if (!isInstant(this.text, from, to)) this.runs.scan(from, to);
  }

  /** Works like {@link find}, but yields after every `step` characters. */
  *findInSteps(from: number, to: number, step: number): Generator<void> {
    this.runs.begin(from, to);
    for (let place = from; place < to; place += step) {
      this.runs.advance(Math.min(to, place + step));
      yield;
    }
    this.runs.end();
  }
}

/** Whether a short text contains a phone number. */
export function holdsNumber(text: string): boolean {
  let isFound = false;
  const finder = new NumberFinder(text, NONE, () => {
    isFound = true;
  });
  finder.find(0, text.length);
  return isFound;
}

/** Finds the numbers in one run of groups. */
class RunNumbers {
  private never: Never | undefined;
  /**
   * For each group: whether it is part of a mobile number, and the first group of the mobile number that ends with it.
   */
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

  /**
   * Notes the mobile number that begins with a group. There is at most one, because it has eleven digits after its
   * prefix.
   */
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

  /** Whether the digits begin with 13 to 19, or with a digit of the prefixes 0 and 86. */
  private mayBeginMobile(first: number): boolean {
    const { digits = '' } = this.run[first] ?? {};
    const one = digits.charCodeAt(0) - ZERO;
    if (one !== 1) return one === 0 || one === 8;
    const next = digits.length > 1 ? digits.charCodeAt(1) : this.run[first + 1]?.digits.charCodeAt(0);
    return next !== undefined && next - ZERO >= 3;
  }

  /** The digits from a group on, at least as many as a number may have. */
  private digitsFrom(first: number): string {
    let digits = '';
    for (let at = first; at < this.run.length && digits.length < MOST_WITH_PREFIX; at += 1)
      digits += this.run[at]?.digits.slice(0, MOST_WITH_PREFIX) ?? '';
    return digits;
  }

  /** The group with which a number of so many digits ends; undefined when it ends within a group. */
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
    // A mobile number in one group is found even after a dot: `1.13900000000`.
    if (first === last) return this.sureOf(first) !== CERTAIN;
    return this.mayBe(first, last, this.isMarked(first) ? FIRM : LIKELY);
  }

  /** Whether the group begins with + or 00, so that a number with a country code begins here. */
  private isMarked(first: number): boolean {
    const { hasPlus = false, digits = '' } = this.run[first] ?? {};
    return hasPlus || isInternational(digits);
  }

  private looksLikeNumber(first: number, last: number, digits: string): boolean {
    if (this.isMarked(first)) return this.mayBe(first, last, FIRM);
    // After an area code, digits that could be a date or a fraction are a number.
    const hasAreaCode = (this.run[first]?.length ?? 0) >= SHORTEST_AREA_CODE && digits.charCodeAt(0) === ZERO;
    return !isMoment(digits) && this.mayBe(first, last, hasAreaCode ? LIKELY : FREE);
  }

  /**
   * Whether the groups may be a number. The certainty that one of them is something else must not exceed `most`. Each
   * date, amount and so on must be completely inside or completely outside of them.
   */
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
   * Whether the groups contain a part of a mobile number and more than a country code before it. Such groups are not a
   * number of their own. Otherwise `139 0000 0000 5 times` would be masked as one number, and would show wrong last
   * digits.
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

/** The digits without the prefixes that may stand before a mobile number. */
function mobileBehindPrefix(digits: string): string {
  const bare = withoutZeros(digits);
  return bare.startsWith('86') ? withoutZeros(bare.slice(2)) : bare;
}
