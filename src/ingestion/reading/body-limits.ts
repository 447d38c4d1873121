// The work that a body may make is bounded before any of it is parsed: what these limits let through fits into the memory of a
// small container, whatever it holds.
import type { Refusal } from '../delivery.js';

/** Of arrays, objects and what they hold. 50,000 records of the vendor's 22 fields have 1,150,000. */
const MOST_VALUES = 2_000_000;
/** In one object. The vendor's record has 22; `JSON.parse` takes 150 bytes for each key that it has not seen before. */
const MOST_KEYS = 100_000;
const MOST_LEVELS = 1_500_000;

/** `"":0,` for each. A shorter body can only be nested too deep. */
const SHORTEST_OF_MOST_KEYS = 5 * MOST_KEYS;

const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Counts by the bytes that separate values, in one pass, whether they are JSON or not. In UTF-8 no byte of another character is one
 * of these.
 *
 * @returns why the body is refused; undefined within the limits
 */
export function beyondLimits(body: Buffer): Refusal | undefined {
  if (body.length < SHORTEST_OF_MOST_KEYS && openings(body) <= MOST_LEVELS) return undefined;
  const keys: number[] = [];
  let level = 0;
  let values = 1;
  /** Nothing but blanks since an array or object was opened. */
  let isEmpty = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    switch (byte) {
      case QUOTE:
        at = endOfString(body, at);
        isEmpty = false;
        break;
      case COLON:
        keys[level] = (keys[level] ?? 0) + 1;
        if ((keys[level] ?? 0) > MOST_KEYS) return beyond(`an object of more than ${MOST_KEYS} fields`, at);
        break;
      case COMMA:
        values += 1;
        if (values > MOST_VALUES) return beyond(`more than ${MOST_VALUES} values`, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        values += 1;
        level += 1;
        keys[level] = 0;
        isEmpty = true;
        if (level > MOST_LEVELS) return beyond(`more than ${MOST_LEVELS} levels`, at);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        level = Math.max(0, level - 1);
        // Its opening had counted a first element.
        if (isEmpty) values -= 1;
        isEmpty = false;
        break;
      default:
        if (byte > BLANK) isEmpty = false;
    }
  }
  return undefined;
}

/** How many brackets there are, up to one more than the limit. Of a push of 100 records the whole pass took half of its `JSON.parse`. */
function openings(body: Buffer): number {
  let count = 0;
  for (const bracket of [OPEN_ARRAY, OPEN_OBJECT]) {
    for (let at = body.indexOf(bracket); at >= 0 && count <= MOST_LEVELS; at = body.indexOf(bracket, at + 1))
      count += 1;
  }
  return count;
}

/** @returns the place of the closing quote, or the last one of a body that has none */
function endOfString(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at;
  }
  return body.length;
}

function beyond(limit: string, at: number): Refusal {
  return { reason: `The body holds ${limit}`, place: `byte ${at}` };
}
