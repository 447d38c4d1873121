// Reads and writes the names of tasks and batches.
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import type { SqlConditions } from '../../persistence/sql/sql-conditions.js';

/** What a label is of. Empty text: no batch, or a batch of no task. */
export interface Labelled {
  readonly taskId: string;
  readonly batchId: string;
}

export interface LabelRow {
  readonly task_id: string;
  readonly batch_id: string;
  readonly name: string | null;
  readonly note: string | null;
}

const SHOWN = 'task_id, batch_id, coalesce(name, vendor_name) AS name, note';
const OF_ALL = {
  name: 'labels-of',
  text: `SELECT ${SHOWN} FROM labels
    WHERE (task_id, batch_id) IN (SELECT * FROM unnest($1::text[], $2::text[]) AS t(task_id, batch_id))`,
};
const OF_TASKS = {
  name: 'labels-of-tasks',
  text: `SELECT ${SHOWN} FROM labels
    WHERE coalesce(name, vendor_name) IS NOT NULL AND ($1::text[] IS NULL OR task_id = ANY ($1))`,
};
/** SQL: the labels of the task and the batch of a call, as JSON of a list of {@link LabelRow}. */
export const LABELS_OF_CALL = `(SELECT coalesce(json_agg(l), '[]') FROM (SELECT ${SHOWN} FROM labels
  WHERE (task_id, batch_id) IN ((calls.task_id, ''), (coalesce(calls.task_id, ''), calls.batch_id))) AS l)::text`;
const WRITE = {
  name: 'write-label',
  text: `INSERT INTO labels (task_id, batch_id, name, note, changed_at) VALUES ($1, $2, $3, $4, now())
    ON CONFLICT (task_id, batch_id) DO UPDATE SET name = excluded.name, note = excluded.note, changed_at = now()
    RETURNING ${SHOWN}`,
};

/** Adds the condition that a task, or a batch, has a name with a text in it, in upper or lower case. */
export function addNameCondition(
  sql: SqlConditions,
  name: string | undefined,
  batchId = "''",
  table = 't',
): void {
  if (name === undefined || name === '') return;
  const pattern = sql.parameter(`%${name.replaceAll(/[\\%_]/g, '\\$&')}%`);
  sql.add(`EXISTS (SELECT 1 FROM labels AS l WHERE l.task_id = ${table}.task_id AND l.batch_id = ${batchId}
    AND coalesce(l.name, l.vendor_name) COLLATE "default" ILIKE ${pattern})`);
}

@Injectable()
export class LabelRepository {
  constructor(private readonly database: ReadingDatabase) {}

  list(labelled: readonly Labelled[]): Promise<LabelRow[]> {
    const values = [labelled.map(({ taskId }) => taskId), labelled.map(({ batchId }) => batchId)];
    return this.database.read<LabelRow & Record<string, unknown>>({ ...OF_ALL, values });
  }

  /** @param taskIds null: all tasks @returns the names of these tasks and their batches */
  listOfTasks(taskIds: readonly string[] | null): Promise<LabelRow[]> {
    return this.database.read<LabelRow & Record<string, unknown>>({ ...OF_TASKS, values: [taskIds] });
  }

  /** @param name null: none @returns what shows now */
  async write(
    transaction: Transaction,
    { taskId, batchId }: Labelled,
    name: string | null,
    note: string | null,
  ): Promise<LabelRow | undefined> {
    const { rows } = await transaction.query<LabelRow & Record<string, unknown>>({
      ...WRITE,
      values: [taskId, batchId, name, note],
    });
    return rows[0];
  }
}
