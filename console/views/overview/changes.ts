// What the rows of a comparison say of each value: its rate, or its share of all calls, and its effect on the total.
import type { Compared, ComparedRow } from '../../api/stats.js';

export interface Change {
  readonly row: ComparedRow;
  /** Of 1; null: the group had no calls. */
  readonly before: number | null;
  readonly after: number | null;
  /** Of 1: how much of the difference of the total is this value's. All of them add up to that difference. */
  readonly effect: number;
}

/** What each value has to do with the difference of the answer rate; the greatest effects first, as the API has them. */
export function rateChanges({ rows }: Compared): Change[] {
  return rows.map((row) => ({
    row,
    before: row.previous.answerRate,
    after: row.answerRate,
    effect: (row.change.effectPoints ?? 0) / 100,
  }));
}

/** How many of all calls were of each value, for fields that say what became of a call. As {@link rateChanges}. */
export function shareChanges({ rows, total }: Compared): Change[] {
  const changes = rows.map((row) => ({
    row,
    before: row.previous.calls / total.previous.calls,
    after: row.calls / total.calls,
    effect: (row.change.sharePoints ?? 0) / 100,
  }));
  return changes.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}
