// Classifies characters for the search for phone numbers, also those that are written as JSON escapes. The classes come
// from the Unicode data of the running Node.js.

export const OTHER = 0;
/** DIGIT to DIGIT + 9 are the decimal digits 0 to 9, of any script. */
export const DIGIT = 1;
/** A character that may separate two groups of digits. */
export const SEPARATOR = 11;
/** An invisible character. It separates nothing: `1<zero-width space>3` reads as `13`. */
export const MARK = 12;
export const PLUS = 13;
export const BACKSLASH = 14;
export const HIGH_SURROGATE = 15;

const PATTERNS: readonly (readonly [kind: number, pattern: RegExp])[] = [
  [DIGIT, /^\p{Nd}$/u],
  // The three lines: dashes, spaces, underscores, brackets and the tab; dots, slashes and commas; middle dots and minus
  // signs.
  [SEPARATOR, /^[\p{Pd}\p{Zs}\p{Pc}\p{Ps}\p{Pe}\t]$/u],
  [SEPARATOR, /^[.\u2024\uFF0E/\u2044\u2215\uFF0F,\u060C\u066B\u066C\u3001\uFF0C]$/u],
  [SEPARATOR, /^[\u00B7\u0387\u2022\u2027\u2219\u22C5\u2E31\u30FB\uFF65\u02D7\u207B\u208B\u2212]$/u],
  [MARK, /^[\p{Cf}\u034F\u180B-\u180D\u180F\u20E3\uFE00-\uFE0F]$/u],
  [PLUS, /^[+\uFE62\uFF0B]$/u],
  [BACKSLASH, /^\\$/u],
];
const ANY = new RegExp(PATTERNS.map(([, pattern]) => pattern.source.slice(1, -1)).join('|'), 'gu');
/** The first two planes without the surrogates, and the tags. No other plane has a character of these kinds. */
const RANGES = [
  [0, 0xd7ff],
  [0xe000, 0x1ffff],
  [0xe0000, 0xe01ff],
] as const;
const LAST_ASCII = 0x7f;
const HIGH_SURROGATES = [0xd800, 0xdbff] as const;

/** The kind of each UTF-16 code unit. */
export const UNIT_KINDS = new Uint8Array(0x10000);
/** The kind of each code point that takes two code units, by code point. */
const ASTRAL_KINDS = new Map<number, number>();
fill();

/** The kind of a character that takes two code units. */
export function astralKind(codePoint: number): number {
  return ASTRAL_KINDS.get(codePoint) ?? OTHER;
}

/** Whether a kind is one of the ten digits. */
export function isDigit(kind: number): boolean {
  return kind >= DIGIT && kind < SEPARATOR;
}

/**
 * Whether a code unit is an ASCII letter or digit. UUIDs and hashes consist of these, and none may stand next to them.
 */
export function isAlphanumeric(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
}

/** The decimal digits of all scripts except ASCII, in the order of their code points. */
export function digitsBeyondAscii(): number[] {
  const digits: number[] = [];
  UNIT_KINDS.forEach((kind, unit) => {
    if (unit > LAST_ASCII && isDigit(kind)) digits.push(unit);
  });
  return [
    ...digits,
    ...[...ASTRAL_KINDS].filter(([, kind]) => isDigit(kind)).map(([codePoint]) => codePoint),
  ];
}

function fill(): void {
  UNIT_KINDS.fill(HIGH_SURROGATE, HIGH_SURROGATES[0], HIGH_SURROGATES[1] + 1);
  for (const [first, last] of RANGES) {
    let digits = 0;
    let digitBefore = -1;
    for (const [character] of textOf(first, last).matchAll(ANY)) {
      const codePoint = character.codePointAt(0) ?? 0;
      const kind = PATTERNS.find(([, pattern]) => pattern.test(character))?.[0] ?? OTHER;
      // In Unicode, the ten digits of a script stand together in order. The mathematical digits are five such tens in a
      // row.
      digits = codePoint === digitBefore + 1 ? digits + 1 : 0;
      if (kind === DIGIT) digitBefore = codePoint;
      set(codePoint, kind === DIGIT ? DIGIT + (digits % 10) : kind);
    }
  }
}

function textOf(first: number, last: number): string {
  let text = '';
  for (let codePoint = first; codePoint <= last; codePoint += 1) text += String.fromCodePoint(codePoint);
  return text;
}

function set(codePoint: number, kind: number): void {
  if (codePoint < UNIT_KINDS.length) UNIT_KINDS[codePoint] = kind;
  else ASTRAL_KINDS.set(codePoint, kind);
}

/** A character that is written as a JSON escape. */
export interface Escape {
  readonly kind: number;
  readonly codePoint: number;
  /** The place of the escape's first backslash. Backslashes before it are characters of their own. */
  readonly start: number;
  readonly end: number;
}

const HEX = /[0-9a-fA-F]{4}/y;
const TAB = 0x09;
const SLASH = 0x2f;
const U = 0x75;
const HIGH = 0xd800;
const LOW = 0xdc00;
const AFTER_LOW = 0xe000;
const FIRST_ASTRAL = 0x10000;
/** What may follow a backslash, besides `u`. Such a character belongs to the escape, not to a word. */
const LETTERS = 'nrbft"/';

/** @param at the place of a backslash */
export function escapeAt(text: string, at: number, to: number): Escape {
  const letter = afterBackslashes(text, at, to);
  const backslashes = letter - at;
  // Each level of nesting doubles the backslashes. Of six, four stand for a backslash, and two belong to the escape.
  const start = letter - (backslashes & -backslashes);
  const unit = text.charCodeAt(letter);
  if (letter < to && unit === U) return unicodeAt(text, start, letter, to);
  if (letter < to && unit === 0x74) return { kind: SEPARATOR, codePoint: TAB, start, end: letter + 1 };
  if (letter < to && unit === SLASH) return { kind: SEPARATOR, codePoint: SLASH, start, end: letter + 1 };
  const isEscape = letter < to && LETTERS.includes(text.charAt(letter));
  return { kind: OTHER, codePoint: 0, start, end: isEscape ? letter + 1 : letter };
}

function unicodeAt(text: string, start: number, letter: number, to: number): Escape {
  const unit = hexAt(text, letter + 1, to);
  if (unit === undefined) return { kind: OTHER, codePoint: 0, start, end: letter + 1 };
  const end = letter + 5;
  const kind = UNIT_KINDS[unit] ?? OTHER;
  if (kind === BACKSLASH) return { kind: OTHER, codePoint: unit, start, end };
  if (kind !== HIGH_SURROGATE) return { kind, codePoint: unit, start, end };
  const second = afterBackslashes(text, end, to);
  const low = second > end && text.charCodeAt(second) === U ? hexAt(text, second + 1, to) : undefined;
  if (low === undefined || low < LOW || low >= AFTER_LOW) return { kind: OTHER, codePoint: unit, start, end };
  const codePoint = (unit - HIGH) * 0x400 + (low - LOW) + FIRST_ASTRAL;
  return { kind: astralKind(codePoint), codePoint, start, end: second + 5 };
}

function afterBackslashes(text: string, at: number, to: number): number {
  let end = at;
  while (end < to && UNIT_KINDS[text.charCodeAt(end)] === BACKSLASH) end += 1;
  return end;
}

function hexAt(text: string, at: number, to: number): number | undefined {
  if (at + 4 > to) return undefined;
  HEX.lastIndex = at;
  const [digits] = HEX.exec(text) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
