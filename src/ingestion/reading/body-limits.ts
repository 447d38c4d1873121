// The work that a body may make is bounded before any of it is parsed: what these limits let through fits into the memory of a
// small container, whatever it holds.
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  END,
  JsonScanner,
  OPEN_ARRAY,
  OPEN_OBJECT,
} from '../../json/scanner.js';

/** Of arrays, objects and what they hold. 50,000 records of the vendor's 22 fields have 1,150,000. */
const MOST_VALUES = 2_000_000;
/** In one object. The vendor's record has 22; `JSON.parse` takes 150 bytes for each key that it has not seen before. */
const MOST_KEYS = 100_000;
const MOST_LEVELS = 1_500_000;

/** `"":0,` for each. A shorter body can only be nested too deep. */
const SHORTEST_OF_MOST_KEYS = 5 * MOST_KEYS;

export interface Excess {
  readonly reason: string;
  /** UTF-16 units before it. */
  readonly at: number;
}

/**
 * Counts the tokens in one pass, whether they are JSON or not.
 *
 * @param text of a body; its bytes as Latin-1 are as good, because all structure of JSON is ASCII
 * @returns why the body is refused; undefined within the limits
 */
export function beyondLimits(text: string): Excess | undefined {
  if (text.length < SHORTEST_OF_MOST_KEYS && openings(text) <= MOST_LEVELS) return undefined;
  const scanner = new JsonScanner(text);
  /** Of the objects and arrays around this one, and of this one. */
  const outerKeys: number[] = [];
  let keys = 0;
  let values = 1;
  let before = END;
  for (let kind = scanner.next(); kind !== END; before = kind, kind = scanner.next()) {
    switch (kind) {
      case COLON:
        keys += 1;
        if (keys > MOST_KEYS) return beyond(`an object of more than ${MOST_KEYS} fields`, scanner);
        break;
      case COMMA:
        values += 1;
        if (values > MOST_VALUES) return beyond(`more than ${MOST_VALUES} values`, scanner);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        values += 1;
        outerKeys.push(keys);
        keys = 0;
        if (outerKeys.length > MOST_LEVELS) return beyond(`more than ${MOST_LEVELS} levels`, scanner);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        keys = outerKeys.pop() ?? 0;
        // The opening has counted a first element, and there is none.
        if (before === OPEN_ARRAY || before === OPEN_OBJECT) values -= 1;
    }
  }
  return undefined;
}

/** How many brackets there are, up to one more than the limit. Of a push of 100 records the whole pass took half of its `JSON.parse`. */
function openings(text: string): number {
  let count = 0;
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at >= 0 && count <= MOST_LEVELS; at = text.indexOf(bracket, at + 1))
      count += 1;
  }
  return count;
}

function beyond(limit: string, { start }: JsonScanner): Excess {
  return { reason: `The body holds ${limit}`, at: start };
}
