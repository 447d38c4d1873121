// Escapes of JSON, of JSON within a string of JSON, and so on: `\u0031`, `\\u0031`, `\\\\u0031`.
import { astralKind, BACKSLASH, HIGH_SURROGATE, OTHER, SEPARATOR, UNIT_KINDS } from './characters.js';

/** A character that is written as an escape. */
export interface Escape {
  readonly kind: number;
  readonly codePoint: number;
  /** Its first backslash; those before it stand for themselves. */
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
/** What may follow a backslash beside `u`, and is no part of a word. */
const LETTERS = 'nrbft"/';

/** @param at the place of a backslash */
export function escapeAt(text: string, at: number, to: number): Escape {
  const letter = afterBackslashes(text, at, to);
  const backslashes = letter - at;
  // Each depth doubles the backslashes: of six, four stand for a backslash, two are the escape's.
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
