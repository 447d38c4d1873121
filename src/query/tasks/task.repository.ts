// Reads tasks with their totals.
import { addNameCondition } from '../labels/label.repository.js';
import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import type { Viewer } from '../../security/visible-sources.js';
import { hasVisibleCalls, totalsTable, type TotalsRow } from '../totals.js';

export interface TaskRow extends TotalsRow {
  readonly task_id: string;
  readonly first_seen_at: Date;
}

/** A task's place in the order of arrival: epoch milliseconds and taskId. */
export interface TaskPosition {
  readonly firstSeenAt: number;
  readonly taskId: string;
}

const OF_TASK = 'task_id = t.task_id';
const FIND_TASK = {
  name: 'find-task',
  text: `SELECT t.*, totals.* FROM tasks AS t CROSS JOIN ${totalsTable(OF_TASK, '$2')}
    WHERE t.task_id = $1 AND ${hasVisibleCalls(OF_TASK, '$2')}`,
};

@Injectable()
export class TaskRepository {
  constructor(private readonly database: ReadingDatabase) {}

  list(
    viewer: Viewer,
    order: 'asc' | 'desc',
    after: TaskPosition | undefined,
    limit: number,
    name?: string,
  ): Promise<TaskRow[]> {
    const sql = new SqlConditions();
    const sources = sql.parameter(viewer.sources);
    sql.add(hasVisibleCalls(OF_TASK, sources));
    addNameCondition(sql, name);
    if (after !== undefined) {
      const position = `(${sql.instant(after.firstSeenAt)}, ${sql.parameter(after.taskId)})`;
      sql.add(`(first_seen_at, task_id) ${order === 'desc' ? '<' : '>'} ${position}`);
    }
    const sorted = (table: string) => `ORDER BY ${table}first_seen_at ${order}, ${table}task_id ${order}`;
    const page = `SELECT task_id, first_seen_at FROM tasks AS t ${sql.where} ${sorted('')} LIMIT ${sql.parameter(limit)}`;
    const text = `SELECT t.*, totals.* FROM (${page}) AS t CROSS JOIN ${totalsTable(OF_TASK, sources)} ${sorted('t.')}`;
    return this.database.read<TaskRow>({ text, values: sql.values });
  }

  find(taskId: string, { sources }: Viewer): Promise<TaskRow | undefined> {
    return this.database.find<TaskRow>({ ...FIND_TASK, values: [taskId, sources] });
  }
}
