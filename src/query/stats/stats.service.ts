import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { type Labels, LabelsService } from '../labels/labels.service.js';
import { bucketEdges, checkEdges } from './bucket-edges.js';
import { compared, pairsInMaskedOrder, pairsOf } from './compared-stats.js';
import { type ClosedRange, type Reading, readingOf } from './stats-ranges.js';
import { type GroupField, MINUTE, MOST_BUCKETS, MOST_ROWS, type StatsQuery } from './stats-query.dto.js';
import {
  answerRows,
  byMinutes,
  type DividedRange,
  filled,
  groupsOf,
  inMaskedOrder,
  periodOf,
  rowOf,
} from './stats-rows.js';
import type { CallStats, CallStatsRow } from './stats.dto.js';
import { type StatsFilter, StatsRepository } from './stats.repository.js';

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
    const { of, range, compared: both } = readingOf(query, zone);
    if (both !== undefined) return this.compared({ ...query, groupBy }, of, both, asker);
    const filter = { ...query, ...range };
    // Both reads use one snapshot. Otherwise, a call that was moved between them could be counted in a wrong
    // bucket.
    const { divided, sums } = await this.database.snapshot(async (transaction) => {
      const parts = await this.divide(transaction, of, filter, asker, interval, zone);
      if (parts === undefined) return { divided: parts, sums: [] };
      const question = { of, filter, viewer: asker, edges: parts.edges, groupBy, limit: MOST_ROWS + 1 };
      return { divided: parts, sums: await this.stats.sums(transaction, question) };
    });
    if (divided === undefined) return { data: [] };
    if (sums.length > MOST_ROWS) throw tooManyRows();
    const groups = groupsOf(groupBy, sums);
    if (fill && groups.length * (divided.edges.length + 1) > MOST_ROWS) throw tooManyRows();
    const rows = fill ? filled(divided, groups, sums) : sums;
    const shown = seesNumbers(asker) ? rows : inMaskedOrder(rows, groupBy);
    return { data: await this.named(answerRows(divided, groupBy, shown), groupBy) };
  }

  /** Sums two periods, from one snapshot. */
  private async compared(
    query: StatsQuery & { groupBy: GroupField[] },
    of: Reading['of'],
    { range, previous }: NonNullable<Reading['compared']>,
    asker: Principal,
  ): Promise<CallStats> {
    const { groupBy } = query;
    const [now, then] = await this.database.snapshot(async (transaction) => {
      const sumsIn = (ends: ClosedRange) =>
        this.stats.sums(transaction, {
          ...{ of, filter: { ...query, ...ends }, viewer: asker },
          ...{ edges: [], groupBy, limit: MOST_ROWS + 1 },
        });
      return [await sumsIn(range), await sumsIn(previous)] as const;
    });
    const pairs = pairsOf(groupBy, now, then);
    if (pairs.length > MOST_ROWS) throw tooManyRows();
    const { total, groups } = compared(seesNumbers(asker) ? pairs : pairsInMaskedOrder(pairs, groupBy));
    const rows = groups.map((pair) => ({
      ...rowOf(pair.now, groupBy, range),
      previous: periodOf(pair.then, previous),
      change: pair.change,
    }));
    return {
      data: await this.named(rows, groupBy),
      total: {
        ...periodOf(total.now, range),
        previous: periodOf(total.then, previous),
        change: total.change,
      },
    };
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
    of: Reading['of'],
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
    if (of === 'rollups') checkEdges([start, ...rest], interval, zone);
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
