// The sums of the buckets and groups that have calls in, the rows of the answer out.
import { LATEST_MS } from '../../time/civil-time.js';
import { sumsOf } from '../totals.js';
import type { GroupField } from './stats-query.dto.js';
import type { CallStatsRow } from './stats.dto.js';
import type { SumsOfGroup } from './stats.repository.js';

/** A range and the edges that part it into buckets; epoch milliseconds, null where the range is open. */
export interface DividedRange {
  readonly start: number | null;
  readonly edges: readonly number[];
  readonly end: number | null;
}

/** @param sums sorted; the rows are in the same order */
export function answerRows(
  range: DividedRange,
  groupBy: readonly GroupField[],
  sums: readonly SumsOfGroup[],
): CallStatsRow[] {
  // The year 10000 has no form that everybody reads; the last bucket before it is open.
  const instants = [range.start, ...range.edges, range.end].map((instant) =>
    instant === null || instant > LATEST_MS ? null : new Date(instant).toISOString(),
  );
  return sums.map((row) => {
    const delayedCalls = Number(row.answer_delay_calls);
    return {
      start: instants[row.bucket] ?? null,
      end: instants[row.bucket + 1] ?? null,
      // Empty text stands for none.
      ...Object.fromEntries(groupBy.map((field, index) => [field, row.group[index] || null])),
      ...sumsOf(row),
      averageAnswerDelay: delayedCalls === 0 ? null : Number(row.answer_delay_ms) / delayedCalls / 1000,
    };
  });
}

/** The groups that occur, sorted as PostgreSQL sorts them; without a grouping all calls are one group. */
export function groupsOf(groupBy: readonly GroupField[], sums: readonly SumsOfGroup[]): string[][] {
  if (groupBy.length === 0) return [[]];
  const groups = new Map(sums.map(({ group }) => [keyOf(group), group]));
  return [...groups.values()].sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
}

/** Sums for every bucket and group, of zero where there were none. */
export function filled(
  range: DividedRange,
  groups: readonly string[][],
  sums: readonly SumsOfGroup[],
): SumsOfGroup[] {
  const known = new Map(sums.map((row) => [`${row.bucket} ${keyOf(row.group)}`, row]));
  return Array.from({ length: range.edges.length + 1 }, (_, bucket) =>
    groups.map((group) => known.get(`${bucket} ${keyOf(group)}`) ?? zeros(bucket, group)),
  ).flat();
}

function zeros(bucket: number, group: string[]): SumsOfGroup {
  const nothing = { calls: '0', answered: '0', duration: '0', answer_delay_ms: '0', answer_delay_calls: '0' };
  return { bucket, group, ...nothing };
}

/** No text of the ledger holds a NUL. */
function keyOf(group: readonly string[]): string {
  return group.join('\0');
}

/** JavaScript would compare UTF-16, in which characters beyond U+FFFF come too early. */
function bytesOf(group: readonly string[]): Buffer {
  return Buffer.from(keyOf(group));
}
