// An answer that is shown as it is in, how many of its entries show numbers out.
import { countMasked, isFields } from './answer-mask.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';

/** Entries of a list, or 1 for an answer that is none. */
export function entriesWithNumbers(answer: unknown): number {
  const entries =
    isFields(answer) && Array.isArray(answer['data']) ? (answer['data'] as unknown[]) : [answer];
  return entries.filter((entry) => isNumberGiven(entry) || countMasked(entry) > 0).length;
}

/**
 * Nearly all calls have one in the fields for it, in the entry or in its `call`; the rest is looked through as if it were to
 * be masked, which made the feed of 100,000 calls take 4.9 s instead of 2.8.
 */
function isNumberGiven(entry: unknown): boolean {
  if (!isFields(entry)) return false;
  const isGiven = (name: string) => (entry[name] ?? '') !== '';
  return NUMBER_FIELDS.some(isGiven) || isNumberGiven(entry['call']);
}
