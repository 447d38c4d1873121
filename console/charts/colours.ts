// The names of colours of the style sheet in, what a canvas understands out.

/** Of results that everybody knows; others take the next of {@link OTHERS}. */
const OF_RESULT: Readonly<Record<string, string>> = {
  ANSWERED: '--answered',
  NO_ANSWER: '--series-2',
  USER_BUSY: '--series-3',
  CALL_REJECTED: '--series-4',
  POWERED_OFF: '--series-5',
  UNAVAILABLE: '--series-6',
  INVALID_NUMBER: '--series-7',
};
const OTHERS = ['--series-8', '--series-9', '--series-1'];
export const REST = '--series-rest';

/** A colour for each result, the same in every view; without the ones that are too many. */
export function resultColours(results: readonly (string | null)[]): Map<string | null, string> {
  const free = [...OTHERS];
  return new Map(results.map((result) => [result, OF_RESULT[result ?? ''] ?? free.shift() ?? REST]));
}

/** @param name of a custom property, such as `--answered` */
export function resolved(name: string): string {
  const probe = document.createElement('span');
  // Charts are told apart by their colours, whatever the page's are forced to be.
  probe.style.forcedColorAdjust = 'none';
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
