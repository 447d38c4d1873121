// Removes a number from the bytes of a push. The bytes should be UTF-8, but other bytes are kept unchanged too.
import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NumberSearch } from './number-search.js';

/**
 * A byte that is not valid UTF-8 becomes the code unit STRAY + byte. That is half of a surrogate pair, which valid
 * UTF-8 never produces alone.
 */
const STRAY = 0xdc00;
const FIRST_STRAY = STRAY + 0x80;
const LAST_STRAY = STRAY + 0xff;
const MOST_BYTES_A_UNIT = 3;
const HIGH = 0xd800;
const FIRST_ASTRAL = 0x10000;
/**
 * The multi-byte sequences of UTF-8 (RFC 3629): the range of the first byte, how many bytes follow, and the range of
 * the second byte.
 */
const SEQUENCES = [
  { first: 0xc2, last: 0xdf, more: 1, from: 0x80, to: 0xbf },
  { first: 0xe0, last: 0xe0, more: 2, from: 0xa0, to: 0xbf },
  { first: 0xe1, last: 0xec, more: 2, from: 0x80, to: 0xbf },
  { first: 0xed, last: 0xed, more: 2, from: 0x80, to: 0x9f },
  { first: 0xee, last: 0xef, more: 2, from: 0x80, to: 0xbf },
  { first: 0xf0, last: 0xf0, more: 3, from: 0x90, to: 0xbf },
  { first: 0xf1, last: 0xf3, more: 3, from: 0x80, to: 0xbf },
  { first: 0xf4, last: 0xf4, more: 3, from: 0x80, to: 0x8f },
] as const;

/** Decodes UTF-8. {@link bytesOf} gives back the same bytes, even if they are not valid UTF-8. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const units = new Uint16Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    const more = byte < 0x80 ? 0 : moreBytes(bytes, at);
    if (more === undefined) {
      units[length++] = STRAY + byte;
      at += 1;
      continue;
    }
    const codePoint = byte < 0x80 ? byte : codePointOf(bytes, at, more);
    at += more + 1;
    if (codePoint >= FIRST_ASTRAL) {
      units[length++] = HIGH + ((codePoint - FIRST_ASTRAL) >> 10);
      units[length++] = STRAY + ((codePoint - FIRST_ASTRAL) & 0x3ff);
    } else units[length++] = codePoint;
  }
  return Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
}

/** Encodes a text of {@link textOf} as the bytes that it came from. */
function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text);
  const bytes = Buffer.alloc(text.length * MOST_BYTES_A_UNIT);
  let length = 0;
  let done = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= HIGH && unit < STRAY) at += 1;
    else if (unit >= FIRST_STRAY && unit <= LAST_STRAY) {
      length += bytes.write(text.slice(done, at), length);
      length = bytes.writeUInt8(unit - STRAY, length);
      done = at + 1;
    }
  }
  length += bytes.write(text.slice(done), length);
  return bytes.subarray(0, length);
}

/** How many bytes follow the first byte of the character at a place; undefined when no valid character is there. */
function moreBytes(bytes: Buffer, at: number): number | undefined {
  const byte = bytes[at] ?? 0;
  const sequence = SEQUENCES.find(({ first, last }) => byte >= first && byte <= last);
  if (sequence === undefined) return undefined;
  const { more, from, to } = sequence;
  const second = bytes[at + 1] ?? 0;
  if (second < from || second > to) return undefined;
  for (let next = 2; next <= more; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return undefined;
  return more;
}

function codePointOf(bytes: Buffer, at: number, more: number): number {
  let codePoint = (bytes[at] ?? 0) & (0x3f >> more);
  for (let next = 1; next <= more; next += 1) codePoint = (codePoint << 6) | ((bytes[at + next] ?? 0) & 0x3f);
  return codePoint;
}

/**
 * Replaces the number by a mark wherever it occurs, inside JSON strings or as a whole JSON number. Valid JSON stays
 * valid, and everything else stays unchanged. Only a JSON string that contains escapes and the number is rewritten.
 *
 * @returns undefined when the number does not occur
 */
export async function erasedBody(bytes: Buffer, search: NumberSearch): Promise<Buffer | undefined> {
  const text = textOf(bytes);
  const parts: string[] = [];
  for (const part of search.erasedParts(text)) {
    if (parts.push(part) > 1) await nextTurn();
  }
  const erased = parts.join('');
  return erased === text ? undefined : bytesOf(erased);
}
