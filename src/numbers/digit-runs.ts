// Finds the digits of a text in one pass. Neighbouring digits form groups. Groups with at most three separators between
// them form runs.
import {
  astralKind,
  BACKSLASH,
  DIGIT,
  type Escape,
  escapeAt,
  HIGH_SURROGATE,
  isAlphanumeric,
  isDigit,
  MARK,
  OTHER,
  PLUS,
  SEPARATOR,
  UNIT_KINDS,
} from './characters.js';
import { coreOfDigits, MOST_SEPARATORS, scaled } from './core.js';
import { HexWords } from './never-words.js';

/** Digits with nothing visible between them. */
export interface Group {
  /** The place in the text where the group begins, with its plus sign. */
  readonly start: number;
  end: number;
  /**
   * The digits in ASCII. If they stand in the text otherwise (another script, escapes, marks), only the first
   * {@link MOST_PUT_TOGETHER}.
   */
  digits: string;
  length: number;
  /** How many digits of the run stand before the group. */
  readonly position: number;
  /** The separator between this group and the one before, if it is a single character. */
  readonly separator: string | undefined;
  readonly hasPlus: boolean;
}

/**
 * Receives a run, or a part of a very long run. It looks for numbers that begin with the groups from `first` up to, but
 * not including, `last`. The other groups are context.
 */
export type RunVisitor = (run: readonly Group[], first: number, last: number) => void;

/** How many groups of a run are passed on together. */
const MOST_GROUPS = 1024;
/** How many groups before and after a group may decide what it is. */
const CONTEXT = 48;
/** The most digits that are kept of a group that must be put together from pieces. */
const MOST_PUT_TOGETHER = 4096;
const LEAST_MANTISSA = 3;
const EXPONENT = /[eE]([+-]?[0-9]{1,3})(?![0-9a-zA-Z]|\.[0-9])/y;
const DOT = '.';

/** Finds the runs of digits in ranges of one text. */
export class DigitRuns {
  private at = 0;
  private to = 0;
  private run: Group[] = [];
  /** The first group of the run that the visitor has not yet received as a beginning of numbers. */
  private untold = 0;
  /** How many separators and marks stand after the last group or after a plus sign. */
  private gap = 0;
  private separators = 0;
  private separator = '';
  private plusAt: number | undefined;
  private digitsOfRun = 0;
  private readonly words: HexWords;
  /** A word that is examined does not begin before this place. */
  private wordsFrom = 0;

  /** @param leastDigits runs with fewer digits are not passed to the visitor */
  constructor(
    private readonly text: string,
    private readonly leastDigits: number,
    private readonly visit: RunVisitor,
  ) {
    this.words = new HexWords(text);
  }

  /** Goes through a range of the text. Ranges must come in the order of the text. */
  scan(from: number, to: number): void {
    this.begin(from, to);
    this.advance(to);
    this.end();
  }

  /** Begins a range. Call {@link advance} and {@link end} afterwards. */
  begin(from: number, to: number): void {
    this.at = from;
    this.to = to;
    this.wordsFrom = from;
  }

  /** Continues at least up to a place. */
  advance(place: number): void {
    while (this.at < place) {
      const unit = this.text.charCodeAt(this.at);
      const kind = UNIT_KINDS[unit] ?? OTHER;
      if (kind === OTHER) this.other(unit);
      else if (unit >= 0x30 && unit <= 0x39) this.plainDigits();
      else if (kind === BACKSLASH) this.escape();
      else if (kind === HIGH_SURROGATE) this.pair();
      else this.character(kind, unit, this.at, this.at + 1);
    }
  }

  /** Call this at the end of the range. */
  end(): void {
    this.endRun();
  }

  /** Handles a character that ends a run, and skips the following ones of that kind. */
  private other(unit: number): void {
    if ((unit | 0x20) === 0x65 && this.gap === 0 && this.run.length > 0 && this.exponent()) return;
    this.endRun();
    const { text, to } = this;
    let at = this.at + 1;
    while (at < to && UNIT_KINDS[text.charCodeAt(at)] === OTHER) at += 1;
    this.at = at;
  }

  private plainDigits(): void {
    const { text, to, at: start } = this;
    if (start >= this.words.end) {
      const end = this.words.endOfHex(start, this.wordsFrom, to);
      if (end !== undefined) {
        this.endRun();
        this.at = end;
        return;
      }
    }
    let end = start + 1;
    for (let unit = text.charCodeAt(end); end < to && unit >= 0x30 && unit <= 0x39;) {
      end += 1;
      unit = text.charCodeAt(end);
    }
    this.digits(text.slice(start, end), start, end);
  }

  private pair(): void {
    const codePoint = this.text.codePointAt(this.at) ?? 0;
    const length = codePoint > 0xffff ? 2 : 1;
    this.character(astralKind(codePoint), codePoint, this.at, this.at + length);
  }

  private escape(): void {
    const escape: Escape = escapeAt(this.text, this.at, this.to);
    // Backslashes before the escape are characters of their own.
    if (escape.start > this.at) this.endRun();
    this.wordsFrom = escape.end;
    this.character(escape.kind, escape.codePoint, escape.start, escape.end);
  }

  private character(kind: number, codePoint: number, start: number, end: number): void {
    this.at = end;
    if (isDigit(kind)) this.digits(String(kind - DIGIT), start, end);
    else if (kind === SEPARATOR || kind === MARK) this.part(kind, codePoint);
    else {
      this.endRun();
      if (kind === PLUS) this.plusAt = start;
    }
  }

  private part(kind: number, codePoint: number): void {
    if (this.run.length === 0 && this.plusAt === undefined) return;
    this.gap += 1;
    if (this.gap > MOST_SEPARATORS) this.endRun();
    else if (kind === SEPARATOR) {
      this.separators += 1;
      this.separator = this.separators === 1 ? String.fromCodePoint(codePoint) : '';
    }
  }

  private digits(digits: string, start: number, end: number): void {
    this.at = end;
    this.digitsOfRun += digits.length;
    const last = this.run.at(-1);
    if (last !== undefined && this.separators === 0) {
      if (last.digits.length < MOST_PUT_TOGETHER) last.digits += digits;
      last.length += digits.length;
      last.end = end;
    } else this.group(digits, start, end);
    this.gap = 0;
    this.separators = 0;
  }

  private group(digits: string, start: number, end: number): void {
    const { run, plusAt } = this;
    if (run.length >= MOST_GROUPS) this.tellPart();
    this.run.push({
      start: plusAt ?? start,
      end,
      digits,
      length: digits.length,
      position: this.digitsOfRun - digits.length,
      separator: run.length > 0 && this.separator !== '' ? this.separator : undefined,
      hasPlus: plusAt !== undefined,
    });
    this.plusAt = undefined;
  }

  private tellPart(): void {
    const last = this.run.length - CONTEXT;
    this.visit(this.run, this.untold, last);
    this.run = this.run.slice(last - CONTEXT);
    this.untold = CONTEXT;
  }

  private endRun(): void {
    const { run } = this;
    this.gap = 0;
    this.separators = 0;
    this.plusAt = undefined;
    if (run.length > 0 && this.digitsOfRun >= this.leastDigits) this.visit(run, this.untold, run.length);
    if (run.length > 0) this.run = [];
    this.untold = 0;
    this.digitsOfRun = 0;
  }

  /** Whether the text has exactly these digits at this place, as JSON numbers do. */
  private isPlain({ start, end, digits, hasPlus }: Group): boolean {
    return hasPlus || this.text.slice(start, end) === digits;
  }

  /** Reads `1.39e10` as one group of eleven digits, if that can be a phone number. */
  private exponent(): boolean {
    EXPONENT.lastIndex = this.at;
    const [written, exponent] = EXPONENT.exec(this.text) ?? [];
    if (written === undefined || this.at + written.length > this.to) return false;
    const last = this.run.at(-1);
    const before = last?.separator === DOT ? this.run.at(-2) : undefined;
    const first = before ?? last;
    if (last === undefined || first === undefined || first.separator === DOT) return false;
    if (!first.hasPlus && isAlphanumeric(this.text.charCodeAt(first.start - 1))) return false;
    if (!this.isPlain(first) || !this.isPlain(last)) return false;
    const fraction = before === undefined ? '' : last.digits;
    if (first.digits.length + fraction.length < LEAST_MANTISSA) return false;
    const digits = scaled(first.digits, fraction, Number(exponent));
    if (digits === undefined || coreOfDigits(digits, first.hasPlus) === undefined) return false;
    const end = this.at + written.length;
    this.run.length -= before === undefined ? 1 : 2;
    this.endRun();
    this.plusAt = first.hasPlus ? first.start : undefined;
    this.digits(digits, first.start, end);
    this.endRun();
    return true;
  }
}
