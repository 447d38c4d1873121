// Limits on what a body contains, checked before anything is parsed. A body within these limits can be read in the
// memory of a small container.
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

/**
 * The most values in a body, including arrays and objects. 50,000 records with the vendor's 22 fields have 1,150,000
 * values.
 */
const MOST_VALUES = 2_000_000;
/**
 * The most keys in one object. The vendor's record has 22. `JSON.parse` takes 150 bytes for each key that it has not
 * seen before.
 */
const MOST_KEYS = 100_000;
const MOST_LEVELS = 1_500_000;

/** The shortest text with too many keys, with `"":0,` for each. A shorter body can only exceed the limit of levels. */
const SHORTEST_OF_MOST_KEYS = 5 * MOST_KEYS;

/** The limit that a body exceeds, and where. */
export interface Excess {
  readonly reason: string;
  /** The place in the text, in UTF-16 units. */
  readonly at: number;
}

/**
 * Checks the limits in one pass over the tokens, also for text that is not valid JSON.
 *
 * @param text the text of a body; its bytes read as Latin-1 give the same result, because the structure of JSON is
 *   ASCII
 * @returns why the body is refused; undefined when it is within the limits
 */
export function beyondLimits(text: string): Excess | undefined {
  if (text.length < SHORTEST_OF_MOST_KEYS && openings(text) <= MOST_LEVELS) return undefined;
  const scanner = new JsonScanner(text);
  /** How many keys each enclosing object or array has so far. */
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
        // It is empty, but its opening bracket was counted as having a first element.
        if (before === OPEN_ARRAY || before === OPEN_OBJECT) values -= 1;
    }
  }
  return undefined;
}

/**
 * How many opening brackets there are, up to one more than the limit. This is quicker than the whole pass, which took
 * half as long as `JSON.parse` for a push of 100 records.
 */
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
