// The sums of two periods by the values of a field in, what changed by each value out.

export interface Group {
  readonly calls: number;
  readonly answered: number;
}

export interface Change {
  readonly value: string | null;
  readonly now: Group;
  readonly then: Group;
  /** Of 1; null: the group had no calls. */
  readonly before: number | null;
  readonly after: number | null;
  /** Of 1: how much of the difference of the total is this value's. All of them add up to that difference. */
  readonly effect: number;
}

type Groups = ReadonlyMap<string | null, Group>;
const NONE: Group = { calls: 0, answered: 0 };

/**
 * What each value has to do with the difference of the answer rate. A value may matter by its own rate, and by how many of all calls
 * are of it: one that answers worse than most lowers the total by having more calls.
 *
 * @returns the greatest effects first; empty when one of the periods has no calls
 */
export function rateChanges(now: Groups, then: Groups): Change[] {
  const [all, past] = [totalOf(now), totalOf(then)];
  if (all.calls === 0 || past.calls === 0) return [];
  const base = past.answered / past.calls;
  const above = ({ calls, answered }: Group, total: Group) => (answered - base * calls) / total.calls;
  return sorted(now, then, (own, before) => ({
    before: rateOf(before.answered, before.calls),
    after: rateOf(own.answered, own.calls),
    effect: above(own, all) - above(before, past),
  }));
}

/** How many of all calls were of each value, for fields that say what became of a call. As {@link rateChanges}. */
export function shareChanges(now: Groups, then: Groups): Change[] {
  const [all, past] = [totalOf(now), totalOf(then)];
  if (all.calls === 0 || past.calls === 0) return [];
  return sorted(now, then, (own, before) => {
    const [after, earlier] = [own.calls / all.calls, before.calls / past.calls];
    return { before: earlier, after, effect: after - earlier };
  });
}

function sorted(
  now: Groups,
  then: Groups,
  of: (own: Group, before: Group) => Pick<Change, 'before' | 'after' | 'effect'>,
): Change[] {
  const values = [...new Set([...now.keys(), ...then.keys()])];
  const changes = values.map((value): Change => {
    const [own, before] = [now.get(value) ?? NONE, then.get(value) ?? NONE];
    return { value, now: own, then: before, ...of(own, before) };
  });
  return changes.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}

function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function totalOf(groups: Groups): Group {
  const sum = { calls: 0, answered: 0 };
  for (const { calls, answered } of groups.values()) {
    sum.calls += calls;
    sum.answered += answered;
  }
  return sum;
}
