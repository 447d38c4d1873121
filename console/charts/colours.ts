// The names of colours of the style sheet in, what a canvas understands out.

/** Of results, by how often they are met: the first ones can be told apart by everybody. The others share their colours. */
const OF_RESULT: Readonly<Record<string, string>> = {
  ANSWERED: '--answered',
  NO_ANSWER: '--series-2',
  USER_BUSY: '--series-3',
  CALL_REJECTED: '--series-4',
  POWERED_OFF: '--series-5',
  UNAVAILABLE: '--series-6',
  INVALID_NUMBER: '--series-7',
  SUSPEND: '--series-8',
  INTELLIGENT_ANSWER: '--series-9',
  CANCEL: '--series-1',
};
const OTHERS = ['--series-8', '--series-9', '--series-1'] as const;
export const REST = '--series-rest';

/** The same for a result in every chart, list and page. */
export function resultColour(result: string | null): string {
  if (result === null) return REST;
  const known = OF_RESULT[result];
  if (known !== undefined) return known;
  const sum = [...result].reduce((all, character) => all + (character.codePointAt(0) ?? 0), 0);
  return OTHERS[sum % OTHERS.length] ?? REST;
}

const OF_INTENTS = [1, 3, 6, 5, 8, 9, 4, 7, 2].map((number) => `--series-${number}`);

/** The same for an intent wherever it is shown. Customers name them as they like; single letters differ. */
export function intentColour(intent: string | null): string {
  if (intent === null) return REST;
  const sum = [...intent].reduce((all, character) => all + (character.codePointAt(0) ?? 0), 0);
  // A, of which there is most often one, has the first colour.
  return OF_INTENTS[(sum + 7) % OF_INTENTS.length] ?? REST;
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
