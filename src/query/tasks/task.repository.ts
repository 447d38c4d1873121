// The reads of tasks, with their totals from the rollups.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import { SqlConditions } from '../../persistence/sql-conditions.js';
import { TOTALS, type TotalsRow } from '../totals.js';

export interface TaskRow extends TotalsRow {
  readonly task_id: string;
  readonly first_seen_at: Date;
}

/** A task's place in the order of arrival: epoch milliseconds and taskId. */
export interface TaskPosition {
  readonly firstSeenAt: number;
  readonly taskId: string;
}

const TOTALS_OF_TASK = `LATERAL (SELECT ${TOTALS} FROM call_rollups WHERE task_id = t.task_id) AS totals`;

@Injectable()
export class TaskRepository {
  constructor(private readonly database: Database) {}

  list(order: 'asc' | 'desc', after: TaskPosition | undefined, limit: number): Promise<TaskRow[]> {
    const sql = new SqlConditions();
    if (after !== undefined) {
      const position = `(${sql.instant(after.firstSeenAt)}, ${sql.parameter(after.taskId)})`;
      sql.add(`(first_seen_at, task_id) ${order === 'desc' ? '<' : '>'} ${position}`);
    }
    const sorted = (table: string) => `ORDER BY ${table}first_seen_at ${order}, ${table}task_id ${order}`;
    const page = `SELECT task_id, first_seen_at FROM tasks ${sql.where} ${sorted('')} LIMIT ${sql.parameter(limit)}`;
    const text = `SELECT t.*, totals.* FROM (${page}) AS t CROSS JOIN ${TOTALS_OF_TASK} ${sorted('t.')}`;
    return this.database.read<TaskRow>({ text, values: sql.values });
  }

  async find(taskId: string): Promise<TaskRow | undefined> {
    const text = `SELECT t.*, totals.* FROM tasks AS t CROSS JOIN ${TOTALS_OF_TASK} WHERE t.task_id = $1`;
    const [row] = await this.database.read<TaskRow>({ name: 'find-task', text, values: [taskId] });
    return row;
  }
}
