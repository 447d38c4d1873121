// A telephone number in, what those may see of it who may not see it out.

export const HIDDEN = '****';
const MOST_SHOWN = 7;
const MOST_AT_THE_END = 4;
const LEAST_HIDDEN = 4;
/** Of a shorter one, what could be shown would tell it. */
const SHORTEST_SHOWN = 7;

/**
 * `139****0000`: the first three and the last four characters, fewer of shorter numbers, so that four at least are hidden;
 * none below seven. The text may be anything: what stands in a field of numbers need not be one.
 */
export function maskNumber(text: string): string {
  const characters = Array.from(text);
  if (characters.length < SHORTEST_SHOWN) return HIDDEN;
  const shown = Math.min(MOST_SHOWN, characters.length - LEAST_HIDDEN);
  const atTheEnd = Math.min(MOST_AT_THE_END, Math.ceil(shown / 2));
  const head = characters.slice(0, shown - atTheEnd).join('');
  return head + HIDDEN + characters.slice(-atTheEnd).join('');
}
