import { mayOpen } from '../../api/access.js';
import { isAskable } from '../../state/askable.js';
import { to, type Query } from '../../state/route.js';
import { iso } from '../../time/range.js';

const NUMBERS: ReadonlySet<string> = new Set(['caller', 'realCaller', 'callee']);

interface Ends {
  /** Epoch milliseconds, half-open; undefined: open. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * The address of exactly the calls that a number counts.
 *
 * @param group the value that the number is of: null, which no filter can be asked for, what the API would read
 * as a list, and masked numbers have no address
 * @returns undefined: there is none, or the key may not see calls
 */
export function callsOf(
  ends: Ends,
  filters: Query,
  group: Readonly<Record<string, string | null>> = {},
): string | undefined {
  const own: Record<string, string> = {};
  for (const [name, value] of Object.entries(group)) {
    if (value === null || value === '' || !isAskable(value) || isMasked(name, value)) return undefined;
    own[name] = value;
  }
  if (!mayOpen('calls')) return undefined;
  return to(['calls'], {
    ...filters,
    ...own,
    ...(ends.from !== undefined && { from: iso(ends.from) }),
    ...(ends.to !== undefined && { to: iso(ends.to) }),
  });
}

function isMasked(name: string, value: string): boolean {
  return NUMBERS.has(name) && value.includes('*');
}
