// Recognizes words whose digits are not phone numbers: UUIDs, hashes and instants.
import { isAlphanumeric } from './characters.js';

const DASH = 0x2d;
const UUID = /[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9a-zA-Z])/y;
const UUID_LENGTH = 36;
/** The places of a UUID's five parts, and of the dashes between them. */
const PARTS = [0, 9, 14, 19, 24];
const DASHES = [8, 13, 18, 23];
const LEAST_HASH = 32;
const MOST_HASH = 128;

/** Most texts with digits are instants. They are skipped, because examining their digits takes ten times as long. */
const INSTANT = /[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z?/y;
const INSTANT_LENGTHS = [19, 24] as const;

/**
 * Examines the words of a text that contain digits. It looks at each word once, and at no more than about
 * {@link MOST_HASH} characters of it.
 */
export class HexWords {
  /** The place after the last word that was examined. */
  end = 0;

  constructor(private readonly text: string) {}

  /**
   * @param digits the place of a digit, not before {@link end}
   * @param from the first place that may belong to the word
   * @returns the end of the UUID or hash that contains the digit; undefined when there is none
   */
  endOfHex(digits: number, from: number, to: number): number | undefined {
    const { text } = this;
    let start = digits;
    while (start > from && digits - start < MOST_HASH && isAlphanumeric(text.charCodeAt(start - 1)))
      start -= 1;
    let end = digits + 1;
    while (end < to && end - start <= MOST_HASH && isAlphanumeric(text.charCodeAt(end))) end += 1;
    this.end = end;
    return this.endOfUuid(start, end, from, to) ?? (isHash(text, start, end) ? end : undefined);
  }

  private endOfUuid(start: number, end: number, from: number, to: number): number | undefined {
    const { text } = this;
    if (text.charCodeAt(end) !== DASH && text.charCodeAt(start - 1) !== DASH) return undefined;
    for (const part of PARTS) {
      const first = start - part;
      if (first < from || first + UUID_LENGTH > to) continue;
      if (!DASHES.every((dash) => text.charCodeAt(first + dash) === DASH)) continue;
      if (first > from && isAlphanumeric(text.charCodeAt(first - 1))) continue;
      UUID.lastIndex = first;
      if (UUID.test(text)) return first + UUID_LENGTH;
    }
    return undefined;
  }
}

/** Whether a word consists of hexadecimal digits with at least one letter. */
function isHash(text: string, start: number, end: number): boolean {
  if (end - start < LEAST_HASH || end - start > MOST_HASH) return false;
  let letters = 0;
  for (let at = start; at < end; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit <= 0x39) continue;
    if ((unit | 0x20) > 0x66) return false;
    letters += 1;
  }
  return letters > 0;
}

/** Whether a range of a text is exactly one instant: `2025-06-01 09:59:45`. */
export function isInstant(text: string, from: number, to: number): boolean {
  const [least, most] = INSTANT_LENGTHS;
  if (to - from < least || to - from > most) return false;
  INSTANT.lastIndex = from;
  return INSTANT.test(text) && INSTANT.lastIndex === to;
}
