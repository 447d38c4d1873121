// The range of the address in, the instants that the API is asked for out.
import { timeZone } from '../state/preferences.js';
import type { Query } from '../state/route.js';
import { isPeriod, periodOf } from './periods.js';
import { iso, isNamed, isSpan, SPANS } from './range.js';
import { MINUTE_MS } from './units.js';

export interface Between {
  readonly from?: string;
  readonly to?: string;
  /** Of `from` and `to` where they say none. */
  readonly timeZone?: string;
}

/** A span that ends now, a period of the calendar, or from and to; empty: all of time. A span begins with a minute: pages and exports agree longer. */
export function between({ span, from, to }: Query): Between {
  if (isSpan(span)) return { from: iso(Math.floor((Date.now() - SPANS[span]) / MINUTE_MS) * MINUTE_MS) };
  if (isPeriod(span)) {
    const period = periodOf(span, Date.now(), timeZone.value);
    return { from: iso(period.from), ...(period.to !== undefined && { to: iso(period.to) }) };
  }
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...((from ?? to) !== undefined && { timeZone: timeZone.value }),
  };
}

/** As {@link between}, for what is asked for by its arrival. */
export function receivedBetween(query: Query) {
  const { from, to, ...zone } = between(query);
  return {
    ...(from !== undefined && { receivedFrom: from }),
    ...(to !== undefined && { receivedTo: to }),
    ...zone,
  };
}

/** All else of the address; a span that is none, too. */
export function othersOf({ span, from: _from, to: _to, ...others }: Query): Readonly<Record<string, string>> {
  return asItStands({ ...others, ...(!isNamed(span) && { span }) });
}

/**
 * What stands in the address, under the API's own names: what it does not know it refuses with the place and the reason, which the
 * view shows. Were it guessed at or left out, the view would show something else than it says.
 */
export function asItStands(query: Query): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(query).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}
