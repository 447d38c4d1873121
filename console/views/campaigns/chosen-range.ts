import { timeZone } from '../../state/preferences.js';
import type { Query } from '../../state/route.js';
import { type Chosen, isNamed, rangeOf } from '../../time/range.js';

/** The range of the address; undefined: it names none, which means all of time. */
export function chosenRange(query: Query): Chosen | undefined {
  if (!query['from'] && !query['to'] && !isNamed(query['span'])) return undefined;
  return rangeOf(query, Date.now(), '24h', timeZone.value);
}
