import { timeZone } from '../state/preferences.js';
import type { Query } from '../state/route.js';
import { iso, isSpan, SPANS } from './range.js';

interface Received {
  readonly receivedFrom?: string;
  readonly receivedTo?: string;
  readonly timeZone?: string;
}

/** The range of the address as one of arrival. */
export function receivedIn({ span, from, to }: Query): Received {
  if (isSpan(span)) return { receivedFrom: iso(Date.now() - SPANS[span]) };
  return {
    ...(from !== undefined && { receivedFrom: from }),
    ...(to !== undefined && { receivedTo: to }),
    ...((from ?? to) !== undefined && { timeZone: timeZone.value }),
  };
}
