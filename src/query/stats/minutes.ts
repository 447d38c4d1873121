// The range of a question by minutes in, the minutes that it is divided into out.
import { InvalidParametersException } from '../../http/invalid-parameters.js';
import { MINUTE, MOST_MINUTES } from './limits.js';
import { endsOf, type Range } from './quarter-hours.js';
import type { DividedRange } from './stats-rows.js';

const MINUTE_MS = 60_000;

/**
 * @param zone IANA name, for dates without a time
 * @throws InvalidParametersException when an end is missing or not on a minute, or the range is too long
 */
export function minutesOf(from: string | undefined, to: string | undefined, zone: string): Range {
  const range = endsOf(from, to, zone);
  const errors = Object.entries(range).flatMap(([path, instant]) => {
    if (instant === undefined) return [{ path, message: `is needed with interval ${MINUTE}` }];
    return instant % MINUTE_MS === 0
      ? []
      : [{ path, message: `must be on a minute with interval ${MINUTE}` }];
  });
  if (errors.length > 0) throw new InvalidParametersException(errors);
  if ((range.to ?? 0) - (range.from ?? 0) > MOST_MINUTES * MINUTE_MS) {
    const message = `${MINUTE} takes at most ${MOST_MINUTES / 60} hours from \`from\` to \`to\``;
    throw new InvalidParametersException([{ path: 'interval', message }]);
  }
  return range;
}

/** @returns undefined when the range is empty */
export function byMinutes({ from, to }: Range): DividedRange | undefined {
  if (from === undefined || to === undefined || from >= to) return undefined;
  const minutes = (to - from) / MINUTE_MS;
  const edges = Array.from({ length: minutes - 1 }, (_, index) => from + (index + 1) * MINUTE_MS);
  return { start: from, edges, end: to };
}
