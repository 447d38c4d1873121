import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { Database } from '../../persistence/connections/database.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { MissingEntry } from '../../persistence/schema/entities/completeness.entities.js';

/** The states that clients see. */
export const MISSING_STATES = ['missing', 'repaired', 'unrepairable'] as const;

/** What a repair has found out about an entry. */
export interface EntryResult {
  readonly detailId: string;
  readonly callId: string | null;
  readonly state: 'missing' | 'repaired' | 'unrepairable' | 'held';
  readonly reason: string | null;
}

const TASKS = {
  name: 'completeness-tasks-with-missing',
  text: `SELECT DISTINCT task_id AS "taskId" FROM completeness_missing WHERE state IN ('missing', 'unrepairable')`,
};
const WRITE_RESULTS = {
  name: 'completeness-write-results',
  text: `UPDATE completeness_missing AS m
    SET state = t.state, reason = t.reason, call_id = coalesce(t.call_id, m.call_id), changed_at = now()
    FROM jsonb_to_recordset($2::jsonb) AS t(detail_id text, state text, reason text, call_id text)
    WHERE m.task_id = $1 AND m.detail_id = t.detail_id`,
};

/** Reads the missing entries, and writes what became of them. */
@Injectable()
export class MissingRepository {
  constructor(
    private readonly database: Database,
    private readonly reading: ReadingDatabase,
  ) {}

  /** The tasks with missing entries. */
  async tasks(): Promise<string[]> {
    return (await this.database.query<{ taskId: string }>(TASKS)).map(({ taskId }) => taskId);
  }

  /**
   * The next entries of a task that a repair has to look at.
   *
   * @param after the entry before
   * @param again whether to look again at entries that could not be repaired
   */
  next(taskId: string, after: string, again: boolean, limit: number): Promise<MissingEntry[]> {
    const state = In(again ? ['missing', 'unrepairable'] : ['missing']);
    return this.database.queryEntities((manager) =>
      manager.find(MissingEntry, {
        where: { taskId, state, detailId: MoreThan(after) },
        order: { detailId: 'ASC' },
        take: limit,
      }),
    );
  }

  /** The entries of a task for clients. @param after the entry before */
  list(taskId: string, states: readonly string[], after: string, limit: number): Promise<MissingEntry[]> {
    return this.reading.readEntities((manager) =>
      manager.find(MissingEntry, {
        where: { taskId, state: In(states), detailId: MoreThan(after) },
        order: { detailId: 'ASC' },
        take: limit,
      }),
    );
  }

  async write(transaction: Transaction, taskId: string, results: readonly EntryResult[]): Promise<void> {
    if (results.length === 0) return;
    const rows = results.map(({ detailId, callId, state, reason }) => ({
      ...{ detail_id: detailId, call_id: callId, state, reason },
    }));
    await transaction.query({ ...WRITE_RESULTS, values: [taskId, JSON.stringify(rows)] });
  }
}
