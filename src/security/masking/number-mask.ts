// What those may see of a telephone number who may not see it.

export const HIDDEN = '****';
const MOST_SHOWN = 7;
const MOST_AT_THE_END = 4;
const LEAST_HIDDEN = 4;
/** Of a shorter one, what could be shown would tell it. */
const SHORTEST_SHOWN = 7;

/** How many characters are shown before and behind {@link HIDDEN}. */
export interface Shown {
  readonly head: number;
  readonly tail: number;
}

/**
 * `139****0000`: the first three and the last four characters, fewer of shorter numbers, so that four at least are hidden;
 * none below seven. The text may be anything: what stands in a field of numbers need not be one.
 */
export function maskNumber(text: string): string {
  const characters = Array.from(text);
  const { head, tail } = shownOf(characters.length);
  return characters.slice(0, head).join('') + HIDDEN + characters.slice(characters.length - tail).join('');
}

/** @param length of a number, in characters */
export function shownOf(length: number): Shown {
  if (length < SHORTEST_SHOWN) return { head: 0, tail: 0 };
  const shown = Math.min(MOST_SHOWN, length - LEAST_HIDDEN);
  const tail = Math.min(MOST_AT_THE_END, Math.ceil(shown / 2));
  return { head: shown - tail, tail };
}
