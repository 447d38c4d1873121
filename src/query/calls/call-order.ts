// The order of calls in lists and exports, and the hashes in the indexes for it.

/** SQL for the hash of a text, which takes less room in an index. PostgreSQL gives the same in every version. */
export function hashOf(text: string): string {
  return `hashtextextended(${text}, 0)`;
}

/**
 * SQL for the place of a call among the calls of the same moment. The indexes of times end with it. Without it, a page
 * would sort all calls of its moment, and these may be very many (docs/decisions/database.md).
 *
 * @param callId SQL for a text
 */
export function placeInMoment(callId: string): string {
  return hashOf(callId);
}

/**
 * SQL that sorts calls, in the syntax of ORDER BY.
 *
 * @param place where the place in the moment stands
 */
export function inTime(order: 'asc' | 'desc', place = placeInMoment('call_id')): string {
  return `occurred_at ${order}, ${place} ${order}, call_id ${order}`;
}
