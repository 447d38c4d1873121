// Puts the sums of two periods side by side: each group with its figures then and now, and what it did to the total.
import { sumsOf } from '../totals.js';
import type { GroupField } from './stats-query.dto.js';
import { groupsOf, inMaskedOrder, keyOf, noSums } from './stats-rows.js';
import type { StatsChange } from './stats.dto.js';
import type { SumsOfGroup } from './stats.repository.js';

/** The sums of one group in both periods. */
export interface Pair {
  readonly group: string[];
  readonly now: SumsOfGroup;
  readonly then: SumsOfGroup;
}

/** A pair with its differences. */
export interface ComparedPair extends Pair {
  readonly change: StatsChange;
}

/** Returns every group of both periods, in PostgreSQL's order. */
export function pairsOf(
  groupBy: readonly GroupField[],
  now: readonly SumsOfGroup[],
  then: readonly SumsOfGroup[],
): Pair[] {
  const [ofNow, ofThen] = [now, then].map((sums) => new Map(sums.map((each) => [keyOf(each.group), each])));
  return groupsOf(groupBy, [...now, ...then]).map((group) => {
    const [own, before] = [ofNow, ofThen].map((sums) => sums?.get(keyOf(group)) ?? noSums(0, group));
    return { group, now: own ?? noSums(0, group), then: before ?? noSums(0, group) };
  });
}

export function pairsInMaskedOrder(pairs: readonly Pair[], groupBy: readonly GroupField[]): Pair[] {
  const pairOf = new Map(pairs.map((pair) => [pair.now, pair]));
  return inMaskedOrder([...pairOf.keys()], groupBy).flatMap((now) => pairOf.get(now) ?? []);
}

/**
 * Returns the total of all groups, and the groups. Those with the greatest effect on the total come first; equal ones
 * stay in their order.
 *
 * @param pairs every group of both periods
 */
export function compared(pairs: readonly Pair[]): { total: ComparedPair; groups: ComparedPair[] } {
  const total: Pair = {
    group: [],
    now: added(pairs.map(({ now }) => now)),
    then: added(pairs.map(({ then }) => then)),
  };
  const withChange = (pair: Pair): ComparedPair => ({ ...pair, change: changeOf(pair, total) });
  const sizeOf = ({ change }: ComparedPair) => Math.abs(change.effectPoints ?? 0);
  const groups = pairs.map(withChange).sort((a, b) => sizeOf(b) - sizeOf(a));
  return { total: withChange(total), groups };
}

function added(all: readonly SumsOfGroup[]): SumsOfGroup {
  const sum = (value: (of: SumsOfGroup) => string) =>
    String(all.reduce((total, each) => total + Number(value(each)), 0));
  return {
    bucket: 0,
    group: [],
    calls: sum(({ calls }) => calls),
    answered: sum(({ answered }) => answered),
    duration: sum(({ duration }) => duration),
    answer_delay_ms: sum((of) => of.answer_delay_ms),
    answer_delay_calls: sum((of) => of.answer_delay_calls),
  };
}

function changeOf(pair: Pair, total: Pair): StatsChange {
  const [now, then] = [sumsOf(pair.now), sumsOf(pair.then)];
  const [allNow, allThen] = [sumsOf(total.now), sumsOf(total.then)];
  const shares = [share(now.calls, allNow.calls), share(then.calls, allThen.calls)] as const;
  // How much a group is above the rate that all calls had before, in shares of all calls. The sum of this over all
  // groups is the difference of the two rates.
  const above = (own: typeof now, all: typeof now) =>
    all.calls === 0 || allThen.answerRate === null
      ? null
      : (own.answered - allThen.answerRate * own.calls) / all.calls;
  return {
    calls: now.calls - then.calls,
    answered: now.answered - then.answered,
    totalDuration: now.totalDuration - then.totalDuration,
    answerRatePoints: points(now.answerRate, then.answerRate),
    sharePoints: points(...shares),
    effectPoints: points(above(now, allNow), above(then, allThen)),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function points(now: number | null, then: number | null): number | null {
  return now === null || then === null ? null : (now - then) * 100;
}
