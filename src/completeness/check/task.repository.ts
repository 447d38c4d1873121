import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { LeaseRepository } from '../../persistence/leases/lease.repository.js';
import { storableJson } from '../../persistence/sql/storable-json.js';
import { CheckedTask } from '../../persistence/schema/entities/completeness.entities.js';
import type { FoundEntry } from './entry-comparison.js';

/** The name of the lease. One process at a time checks and repairs. */
export const COMPLETENESS = 'completeness';

/** A task of the ledger, and the sources of its calls. */
export interface LedgerTask {
  readonly taskId: string;
  readonly sources: readonly string[];
}

const COUNTS = {
  name: 'completeness-task-counts',
  text: `SELECT source, sum(calls)::float8 AS calls FROM call_rollups WHERE task_id = $1
    GROUP BY source HAVING sum(calls) > 0 ORDER BY source`,
};
const RECENT_TASKS = {
  name: 'completeness-recent-tasks',
  text: `SELECT task_id AS "taskId", array_agg(DISTINCT source) AS sources FROM call_rollups
    WHERE bucket_start >= $1 AND task_id <> '' AND calls > 0 GROUP BY task_id`,
};
const ALL_TASKS = {
  name: 'completeness-all-tasks',
  text: `SELECT task_id AS "taskId", ARRAY(SELECT DISTINCT source FROM call_rollups r
      WHERE r.task_id = t.task_id AND r.calls > 0) AS sources FROM tasks t`,
};
const LEARNED = {
  name: 'completeness-learned-calls',
  text: `SELECT detail_id AS "detailId", call_id AS "callId" FROM completeness_missing
    WHERE task_id = $1 AND call_id IS NOT NULL`,
};
const DELETE_FOUND = {
  name: 'completeness-delete-found',
  text: `DELETE FROM completeness_missing WHERE task_id = $1 AND state IN ('missing', 'unrepairable')
    AND detail_id <> ALL($2::text[])`,
};
// What a repair has found out about an entry stays: its reason, and the id of its call.
const ADD_MISSING = {
  name: 'completeness-add-missing',
  text: `INSERT INTO completeness_missing AS m
      (task_id, detail_id, source, call_id, out_id, calling_time, state, changed_at)
    SELECT $1, detail_id, $2, call_id, out_id, to_timestamp(calling_ms / 1000.0), 'missing', now()
    FROM jsonb_to_recordset($3::jsonb) AS t(detail_id text, call_id text, out_id text, calling_ms float8)
    ON CONFLICT (task_id, detail_id) DO UPDATE SET
      source = excluded.source, call_id = coalesce(excluded.call_id, m.call_id), out_id = excluded.out_id,
      calling_time = excluded.calling_time,
      state = CASE m.state WHEN 'unrepairable' THEN m.state ELSE 'missing' END,
      reason = CASE m.state WHEN 'unrepairable' THEN m.reason END,
      changed_at = CASE WHEN m.state IN ('missing', 'unrepairable') THEN m.changed_at ELSE now() END`,
};
const COUNT_MISSING = {
  name: 'completeness-count-missing',
  text: `SELECT count(*)::float8 AS count FROM completeness_missing
    WHERE task_id = $1 AND state IN ('missing', 'unrepairable')`,
};
const NAME = {
  name: 'completeness-name-task',
  text: `INSERT INTO labels AS l (task_id, batch_id, vendor_name, changed_at) VALUES ($1, '', $2, now())
    ON CONFLICT (task_id, batch_id) DO UPDATE SET vendor_name = excluded.vendor_name
    WHERE l.vendor_name IS DISTINCT FROM excluded.vendor_name`,
};
const ROWS_AT_ONCE = 5000;

/** Reads and writes the results of checks. */
@Injectable()
export class CheckedTaskRepository {
  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
  ) {}

  find(taskId: string): Promise<CheckedTask | null> {
    return this.database.queryEntities((manager) => manager.findOneBy(CheckedTask, { taskId }));
  }

  all(): Promise<CheckedTask[]> {
    return this.database.queryEntities((manager) =>
      manager.find(CheckedTask, { select: { taskId: true, vendorCalls: true } }),
    );
  }

  /** The tasks of the ledger. Source: its statistics. @param since only tasks with calls since then, in epoch ms */
  ledgerTasks(since: number | undefined): Promise<LedgerTask[]> {
    if (since === undefined) return this.database.query<LedgerTask>(ALL_TASKS);
    return this.database.query<LedgerTask>({ ...RECENT_TASKS, values: [new Date(since)] });
  }

  /** How many calls of the task the ledger has, by source. */
  async ledgerCalls(taskId: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ source: string; calls: number }>({
      ...COUNTS,
      values: [taskId],
    });
    return new Map(rows.map(({ source, calls }) => [source, calls]));
  }

  /** The ids of calls that repairs and checks have learned of the task's entries, by the id of the entry. */
  async learnedCalls(taskId: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.query<{ detailId: string; callId: string }>({
      ...LEARNED,
      values: [taskId],
    });
    return new Map(rows.map(({ detailId, callId }) => [detailId, callId]));
  }

  /** Keeps the name that the vendor gives a task. It shows where nobody has given another one. */
  async noteName(taskId: string, name: string): Promise<void> {
    await this.database.query({ ...NAME, values: [taskId, name] });
  }

  /** How many listed entries of the task are missing. */
  async countMissing(transaction: Transaction, taskId: string): Promise<number> {
    const { rows } = await transaction.query<{ count: number }>({ ...COUNT_MISSING, values: [taskId] });
    return rows[0]?.count ?? 0;
  }

  /**
   * Stores the result of a check.
   *
   * @param found the missing entries; undefined: those of the check before stay
   * @param task makes the row of the number of missing entries
   * @throws LeaseLostError when another process checks and repairs
   */
  async write(
    { taskId, source }: Pick<CheckedTask, 'taskId' | 'source'>,
    found: readonly FoundEntry[] | undefined,
    task: (named: number) => CheckedTask,
  ): Promise<CheckedTask> {
    return this.database.transaction(async (transaction) => {
      await this.leases.renew(transaction.manager, COMPLETENESS);
      if (found !== undefined) {
        await transaction.query({ ...DELETE_FOUND, values: [taskId, found.map(({ detailId }) => detailId)] });
        for (let at = 0; at < found.length; at += ROWS_AT_ONCE)
          await transaction.query({
            ...ADD_MISSING,
            values: [taskId, source, jsonOf(found.slice(at, at + ROWS_AT_ONCE))],
          });
      }
      const row = task(await this.countMissing(transaction, taskId));
      await transaction.manager.upsert(CheckedTask, row, ['taskId']);
      return row;
    });
  }
}

function jsonOf(found: readonly FoundEntry[]): string {
  return storableJson(
    found.map(({ detailId, callId, outId, callingTime }) => ({
      detail_id: detailId,
      call_id: callId,
      out_id: outId,
      calling_ms: callingTime,
    })),
  );
}
