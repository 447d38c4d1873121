// The rows of an answer: made from sums, filled up with zeros, and sorted.
import { maskNumber } from '../../security/masking/number-mask.js';
import { LATEST_MS } from '../../time/civil-time.js';
import { sumsOf } from '../totals.js';
import type { Range } from './bucket-edges.js';
import { type GroupField, isNumberField, MINUTE_MS } from './stats-query.dto.js';
import type { ClosedRange } from './stats-ranges.js';
import type { CallStatsRow, ComparedPeriod } from './stats.dto.js';
import type { SumsOfGroup } from './stats.repository.js';

/** A range and the edges that divide it into buckets. Epoch milliseconds; null where the range is open. */
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
  // The year 10000 has no common text form, so a bucket that ends there is open.
  const instants = [range.start, ...range.edges, range.end].map((instant) =>
    instant === null || instant > LATEST_MS ? null : new Date(instant).toISOString(),
  );
  return sums.map((row) => {
    return {
      start: instants[row.bucket] ?? null,
      end: instants[row.bucket + 1] ?? null,
      ...valuesOf(row, groupBy),
      ...figuresOf(row),
    };
  });
}

/** Returns the groups that occur, in PostgreSQL's order. Without a grouping, all calls are one group. */
export function groupsOf(groupBy: readonly GroupField[], sums: readonly SumsOfGroup[]): string[][] {
  if (groupBy.length === 0) return [[]];
  const groups = new Map(sums.map(({ group }) => [keyOf(group), group]));
  return [...groups.values()].sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
}

/** Returns the sums of every bucket and group, with zeros where there are no calls. */
export function filled(
  range: DividedRange,
  groups: readonly string[][],
  sums: readonly SumsOfGroup[],
): SumsOfGroup[] {
  const known = new Map(sums.map((row) => [`${row.bucket} ${keyOf(row.group)}`, row]));
  return Array.from({ length: range.edges.length + 1 }, (_, bucket) =>
    groups.map((group) => known.get(`${bucket} ${keyOf(group)}`) ?? noSums(bucket, group)),
  ).flat();
}

/** NUL separates the values, because no text of the ledger contains it. */
export function keyOf(group: readonly string[]): string {
  return group.join('\0');
}

/** UTF-8 for bytewise comparison. JavaScript compares UTF-16, in which characters above U+FFFF come too early. */
function bytesOf(group: readonly string[]): Buffer {
  return Buffer.from(keyOf(group));
}

/** @returns undefined when the range is empty */
export function byMinutes({ from, to }: Range): DividedRange | undefined {
  if (from === undefined || to === undefined || from >= to) return undefined;
  const minutes = (to - from) / MINUTE_MS;
  const edges = Array.from({ length: minutes - 1 }, (_, index) => from + (index + 1) * MINUTE_MS);
  return { start: from, edges, end: to };
}

/** The row of a period that is not divided. */
export function rowOf(sums: SumsOfGroup, groupBy: readonly GroupField[], range: ClosedRange): CallStatsRow {
  return { ...periodOf(sums, range), ...valuesOf(sums, groupBy) };
}

export function periodOf(sums: SumsOfGroup, { from, to }: ClosedRange): ComparedPeriod {
  return { start: new Date(from).toISOString(), end: new Date(to).toISOString(), ...figuresOf(sums) };
}

/** The sums as they are answered. */
function figuresOf(sums: SumsOfGroup) {
  const calls = Number(sums.answer_delay_calls);
  const averageAnswerDelay = calls === 0 ? null : Number(sums.answer_delay_ms) / calls / 1000;
  return { ...sumsOf(sums), averageAnswerDelay };
}

/** Empty text means that the calls have no value. */
function valuesOf(
  { group }: SumsOfGroup,
  groupBy: readonly GroupField[],
): Partial<Record<GroupField, string | null>> {
  return Object.fromEntries(groupBy.map((field, index) => [field, group[index] || null]));
}

export function noSums(bucket: number, group: string[]): SumsOfGroup {
  const nothing = { calls: '0', answered: '0', duration: '0', answer_delay_ms: '0', answer_delay_calls: '0' };
  return { bucket, group, ...nothing };
}

/** Sorts rows by what is shown of their numbers. The order of the numbers themselves would tell about hidden digits. */
export function inMaskedOrder(sums: readonly SumsOfGroup[], groupBy: readonly GroupField[]): SumsOfGroup[] {
  if (!groupBy.some(isNumberField)) return [...sums];
  const shown = new Map(
    sums.map((row) => [row, bytesOf(groupBy.map((field, index) => shownOf(field, row.group[index] ?? '')))]),
  );
  const bytes = (row: SumsOfGroup) => shown.get(row) ?? Buffer.alloc(0);
  return [...sums].sort(
    (a, b) => a.bucket - b.bucket || Buffer.compare(bytes(a), bytes(b)) || Number(b.calls) - Number(a.calls),
  );
}

function shownOf(field: GroupField, value: string): string {
  return value !== '' && isNumberField(field) ? maskNumber(value) : value;
}
