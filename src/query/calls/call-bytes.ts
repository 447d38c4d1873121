// Copies values of calls from a record of PostgreSQL to a text, in the form of the API.
import type { Utf8Text } from '../../json/utf8-text.js';
import type { RecordText } from '../../persistence/sql/record-text.js';
import { isoOf } from '../../persistence/sql/value-parsers.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const POINT = 0x2e;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;
const SMALL_T = 0x74;
/** The lengths of parts of `2025-06-01 01:59:45.12+00`. */
const [DATE, TO_SECOND, ZONE, YEAR] = [10, 19, 3, 4];
const FRACTION_DIGITS = 3;
/** A value with more bytes is counted before room is made for it. */
const LONG = 4096;
/** The most bytes that one byte becomes in JSON: `\u001f`. */
const MOST_ESCAPED = 6;

/** The most bytes that a value takes as text in JSON, without its quotes. */
export function jsonRoom(call: RecordText, index: number): number {
  const [from, to] = [call.from[index] ?? 0, call.to[index] ?? 0];
  if (to - from < LONG) return (to - from) * MOST_ESCAPED;
  let room = to - from;
  for (let place = from; place < to; place += 1) if ((call.bytes[place] ?? 0) <= QUOTE) room += MOST_ESCAPED;
  return room;
}

export function isTrue(call: RecordText, index: number): boolean {
  return call.bytes[call.from[index] ?? 0] === SMALL_T;
}

/** Copies a value without quotes and backslashes in it. */
export function copyPlain(call: RecordText, index: number, out: Utf8Text): void {
  const { bytes } = call;
  const [from, to] = [call.from[index] ?? 0, call.to[index] ?? 0];
  out.reserve(to - from);
  const written = out.bytes;
  let at = out.length;
  for (let place = from; place < to; place += 1) written[at++] = bytes[place] ?? 0;
  out.length = at;
}

/** Copies a time as ISO 8601. */
export function copyTime(call: RecordText, index: number, out: Utf8Text): void {
  const { bytes } = call;
  const [from, to] = [call.from[index] ?? 0, call.to[index] ?? 0];
  const zone = to - ZONE;
  const isUsual =
    bytes[from + YEAR] === MINUS &&
    bytes[zone] === PLUS &&
    bytes[zone + 1] === ZERO &&
    bytes[zone + 2] === ZERO &&
    zone >= from + TO_SECOND;
  if (!isUsual) {
    out.add(isoOf(call.text(index) ?? ''));
    return;
  }
  out.reserve(TO_SECOND + FRACTION_DIGITS + 2);
  const written = out.bytes;
  let at = out.length;
  for (let place = from; place < from + TO_SECOND; place += 1) written[at++] = bytes[place] ?? 0;
  written[out.length + DATE] = LETTER_T;
  written[at++] = POINT;
  const fraction = from + TO_SECOND + 1;
  for (let digit = fraction; digit < fraction + FRACTION_DIGITS; digit += 1)
    written[at++] = digit < zone ? (bytes[digit] ?? ZERO) : ZERO;
  written[at++] = LETTER_Z;
  out.length = at;
}

/**
 * Copies a value of JSON without the white space that PostgreSQL puts between its parts.
 *
 * @param quote what becomes of a quote of JSON: `""` in a cell of CSV
 */
export function copyJson(call: RecordText, index: number, out: Utf8Text, quote: '"' | '""'): void {
  const { bytes } = call;
  const [from, to] = [call.from[index] ?? 0, call.to[index] ?? 0];
  // No byte becomes more than one: the record has quotes and backslashes doubled.
  out.reserve(to - from);
  const written = out.bytes;
  let at = out.length;
  let isInText = false;
  let isEscaped = false;
  for (let place = from; place < to; place += 1) {
    const byte = bytes[place] ?? 0;
    if (byte === QUOTE || byte === BACKSLASH) place += 1;
    if (byte === QUOTE) {
      if (!isEscaped) isInText = !isInText;
      if (quote === '""') written[at++] = QUOTE;
    }
    isEscaped = isInText && !isEscaped && byte === BACKSLASH;
    if (byte > SPACE || isInText) written[at++] = byte;
  }
  out.length = at;
}
