import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import type { Principal } from '../../security/principal.js';
import { bucketEdges, checkEdges, endsOf, type Range, rangeOf } from './bucket-edges.js';
import {
  type GroupField,
  MINUTE,
  MOST_BUCKETS,
  MOST_MINUTES,
  MOST_ROWS,
  type StatsQuery,
} from './stats-query.dto.js';
import type { CallStats, CallStatsRow } from './stats.dto.js';
import { type StatsFilter, StatsRepository, type SumsOfGroup } from './stats.repository.js';
import { LATEST_MS } from '../../time/civil-time.js';
import { type Labels, LabelsService } from '../labels/labels.service.js';
import { sumsOf } from '../totals.js';

@Injectable()
export class StatsService {
  constructor(
    private readonly settings: Settings,
    private readonly database: ReadingDatabase,
    private readonly stats: StatsRepository,
    private readonly labels: LabelsService,
  ) {}

  /** @throws InvalidParametersException */
  async calls(query: StatsQuery, asker: Principal): Promise<CallStats> {
    const { interval = 'none', groupBy = [], fill = false } = query;
    const zone = query.timeZone ?? this.settings.pushTimeZone;
    const isByMinute = interval === MINUTE;
    const range = (isByMinute ? minutesOf : rangeOf)(query.from, query.to, zone);
    const filter = { ...query, ...range };
    // Both reads use one snapshot. Otherwise, a call that was moved between them could be counted in a wrong
    // bucket.
    const { divided, sums } = await this.database.snapshot(async (transaction) => {
      const parts = await this.divide(transaction, filter, asker, interval, zone);
      if (parts === undefined) return { divided: parts, sums: [] };
      const found = await this.stats.sums(transaction, {
        of: isByMinute ? 'calls' : 'rollups',
        filter,
        viewer: asker,
        edges: parts.edges,
        groupBy,
        limit: MOST_ROWS + 1,
      });
      return { divided: parts, sums: found };
    });
    if (divided === undefined) return { data: [] };
    if (sums.length > MOST_ROWS) throw tooManyRows();
    if (!fill) return { data: await this.named(answerRows(divided, groupBy, sums), groupBy) };
    const groups = groupsOf(groupBy, sums);
    if (groups.length * (divided.edges.length + 1) > MOST_ROWS) throw tooManyRows();
    const rows = answerRows(divided, groupBy, filled(divided, groups, sums));
    return { data: await this.named(rows, groupBy) };
  }

  /** Adds the names of tasks, and of batches where their task is known. */
  private async named(rows: CallStatsRow[], groupBy: readonly GroupField[]): Promise<CallStatsRow[]> {
    if (!groupBy.includes('taskId')) return rows;
    const labels = await this.labels.of(rows);
    const hasBatches = groupBy.includes('batchId');
    return rows.map((row) => ({
      ...row,
      taskName: labels.of(row.taskId).name,
      ...(hasBatches && { batchName: nameOfBatch(row, labels) }),
    }));
  }

  /** @returns undefined when the range has no buckets: it is empty, or open and without calls */
  private async divide(
    transaction: Transaction,
    filter: StatsFilter,
    asker: Principal,
    interval: NonNullable<StatsQuery['interval']>,
    zone: string,
  ): Promise<DividedRange | undefined> {
    const { from, to } = filter;
    if (interval === MINUTE) return byMinutes({ from, to });
    if (from !== undefined && to !== undefined && from >= to) return undefined;
    if (interval === 'none') return { start: from ?? null, edges: [], end: to ?? null };
    const isOpen = from === undefined || to === undefined;
    const span = isOpen ? await this.stats.span(transaction, filter, asker) : undefined;
    const first = from ?? span?.first.getTime();
    const end = to ?? (span && span.last.getTime() + 1);
    if (first === undefined || end === undefined) return undefined;
    const covering = await bucketEdges(interval, zone, first, end, MOST_BUCKETS);
    if (covering.length - 1 > MOST_BUCKETS) throw tooManyBuckets(interval);
    const [least, most] = [from ?? -Infinity, to ?? Infinity];
    const [start = first, ...rest] = covering.map((edge) => Math.min(Math.max(edge, least), most));
    checkEdges([start, ...rest], interval, zone);
    return { start, edges: rest.slice(0, -1), end: rest.at(-1) ?? end };
  }
}

/** Calls without a batch have no name of one. */
function nameOfBatch({ taskId, batchId }: CallStatsRow, labels: Labels): string | null {
  return (batchId ?? '') === '' ? null : labels.of(taskId, batchId).name;
}

function tooManyBuckets(interval: string): InvalidParametersException {
  const message = `${interval} divides the range into more than ${MOST_BUCKETS} parts: narrow it by from and to, or use a longer interval`;
  return new InvalidParametersException([{ path: 'interval', message }]);
}

function tooManyRows(): InvalidParametersException {
  const message = `splits the sums into more than ${MOST_ROWS} rows: name fewer fields, narrow the range by from and to, filter, or use a longer interval`;
  return new InvalidParametersException([{ path: 'groupBy', message }]);
}

const MINUTE_MS = 60_000;

/**
 * Reads a range for the interval of a minute.
 *
 * @param zone IANA name, for dates without a time
 * @throws InvalidParametersException when an end is missing or not on a minute, or the range is too long
 */
function minutesOf(from: string | undefined, to: string | undefined, zone: string): Range {
  const range = endsOf(from, to, zone);
  const errors = Object.entries(range).flatMap(([path, instant]) => {
    if (instant === undefined) return [{ path, message: `is needed with interval ${MINUTE}` }];
    return instant % MINUTE_MS === 0
      ? []
      : [{ path, message: `must be on a minute with interval ${MINUTE}` }];
  });
  if (errors.length > 0) throw new InvalidParametersException(errors);
  if ((range.to ?? 0) - (range.from ?? 0) > MOST_MINUTES * MINUTE_MS) {
    const message = `${MINUTE} allows at most ${MOST_MINUTES / 60} hours from \`from\` to \`to\``;
    throw new InvalidParametersException([{ path: 'interval', message }]);
  }
  return range;
}

/** @returns undefined when the range is empty */
function byMinutes({ from, to }: Range): DividedRange | undefined {
  if (from === undefined || to === undefined || from >= to) return undefined;
  const minutes = (to - from) / MINUTE_MS;
  const edges = Array.from({ length: minutes - 1 }, (_, index) => from + (index + 1) * MINUTE_MS);
  return { start: from, edges, end: to };
}

/** A range and the edges that divide it into buckets. Epoch milliseconds; null where the range is open. */
export interface DividedRange {
  readonly start: number | null;
  readonly edges: readonly number[];
  readonly end: number | null;
}

/** @param sums sorted; the rows are in the same order */
function answerRows(
  range: DividedRange,
  groupBy: readonly GroupField[],
  sums: readonly SumsOfGroup[],
): CallStatsRow[] {
  // The year 10000 has no common text form, so a bucket that ends there is open.
  const instants = [range.start, ...range.edges, range.end].map((instant) =>
    instant === null || instant > LATEST_MS ? null : new Date(instant).toISOString(),
  );
  return sums.map((row) => {
    const delayedCalls = Number(row.answer_delay_calls);
    return {
      start: instants[row.bucket] ?? null,
      end: instants[row.bucket + 1] ?? null,
      // Empty text means that the calls have no value.
      ...Object.fromEntries(groupBy.map((field, index) => [field, row.group[index] || null])),
      ...sumsOf(row),
      averageAnswerDelay: delayedCalls === 0 ? null : Number(row.answer_delay_ms) / delayedCalls / 1000,
    };
  });
}

/** Returns the groups that occur, in PostgreSQL's order. Without a grouping, all calls are one group. */
function groupsOf(groupBy: readonly GroupField[], sums: readonly SumsOfGroup[]): string[][] {
  if (groupBy.length === 0) return [[]];
  const groups = new Map(sums.map(({ group }) => [keyOf(group), group]));
  return [...groups.values()].sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
}

/** Returns the sums of every bucket and group, with zeros where there are no calls. */
function filled(
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

/** NUL separates the values, because no text of the ledger contains it. */
function keyOf(group: readonly string[]): string {
  return group.join('\0');
}

/** UTF-8 for bytewise comparison. JavaScript compares UTF-16, in which characters above U+FFFF come too early. */
function bytesOf(group: readonly string[]): Buffer {
  return Buffer.from(keyOf(group));
}
