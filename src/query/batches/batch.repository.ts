// Reads batches with their totals.
import { addNameCondition } from '../labels/label.repository.js';
import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import type { Viewer } from '../../security/visible-sources.js';
import { hasVisibleCalls, totalsTable, type TotalsRow } from '../totals.js';

export interface BatchRow extends TotalsRow {
  /** Empty for a batch whose calls name no task. */
  readonly task_id: string;
  readonly batch_id: string;
  readonly first_seen_at: Date;
}

export interface BatchFilter {
  /** A part of the name. */
  readonly name?: string | undefined;
  readonly taskId?: readonly string[] | undefined;
  readonly batchId?: readonly string[] | undefined;
}

/** A batch's place in the order of arrival: epoch milliseconds, taskId, batchId. */
export interface BatchPosition {
  readonly firstSeenAt: number;
  readonly taskId: string;
  readonly batchId: string;
}

const OF_BATCH = 'task_id = b.task_id AND batch_id = b.batch_id';
const FIND_BATCH = {
  name: 'find-batch',
  text: `SELECT b.*, totals.* FROM batches AS b CROSS JOIN ${totalsTable(OF_BATCH, '$3')}
    WHERE b.task_id = $1 AND b.batch_id = $2 AND ${hasVisibleCalls(OF_BATCH, '$3')}`,
};

@Injectable()
export class BatchRepository {
  constructor(private readonly database: ReadingDatabase) {}

  list(
    filter: BatchFilter,
    viewer: Viewer,
    order: 'asc' | 'desc',
    after: BatchPosition | undefined,
    limit: number,
  ): Promise<BatchRow[]> {
    const sql = new SqlConditions();
    const sources = sql.parameter(viewer.sources);
    sql.add(hasVisibleCalls(OF_BATCH, sources));
    sql.oneOf('task_id', filter.taskId);
    sql.oneOf('batch_id', filter.batchId);
    addNameCondition(sql, filter.name, 'b.batch_id', 'b');
    if (after !== undefined) {
      const position = [
        sql.instant(after.firstSeenAt),
        sql.parameter(after.taskId),
        sql.parameter(after.batchId),
      ];
      sql.add(`(first_seen_at, task_id, batch_id) ${order === 'desc' ? '<' : '>'} (${position.join(', ')})`);
    }
    const sorted = (table: string) =>
      `ORDER BY ${['first_seen_at', 'task_id', 'batch_id'].map((column) => `${table}${column} ${order}`).join(', ')}`;
    const page = `SELECT task_id, batch_id, first_seen_at FROM batches AS b ${sql.where} ${sorted('')} LIMIT ${sql.parameter(limit)}`;
    const text = `SELECT b.*, totals.* FROM (${page}) AS b CROSS JOIN ${totalsTable(OF_BATCH, sources)} ${sorted('b.')}`;
    return this.database.read<BatchRow>({ text, values: sql.values });
  }

  find(taskId: string, batchId: string, { sources }: Viewer): Promise<BatchRow | undefined> {
    return this.database.find<BatchRow>({ ...FIND_BATCH, values: [taskId, batchId, sources] });
  }
}
