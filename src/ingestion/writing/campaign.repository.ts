import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { CallState } from './call-state.js';

/**
 * The tasks and batches in some deliveries: each once, sorted, with the time at which it first arrived (epoch
 * milliseconds).
 */
export interface NamedCampaigns {
  readonly tasks: readonly (readonly [taskId: string, seenAt: number])[];
  /** The taskId is '' for a batch of calls without a task. */
  readonly batches: readonly (readonly [taskId: string, batchId: string, seenAt: number])[];
}

const MOST_REMEMBERED = 100_000;

const INSERT_TASKS = {
  name: 'insert-tasks',
  text: `INSERT INTO tasks (task_id, first_seen_at)
    SELECT t.task_id, to_timestamp(t.seen_at / 1000.0) FROM unnest($1::text[], $2::bigint[]) AS t(task_id, seen_at)
    ON CONFLICT (task_id) DO NOTHING`,
};
const INSERT_BATCHES = {
  name: 'insert-batches',
  text: `INSERT INTO batches (task_id, batch_id, first_seen_at)
    SELECT t.task_id, t.batch_id, to_timestamp(t.seen_at / 1000.0)
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS t(task_id, batch_id, seen_at)
    ON CONFLICT (task_id, batch_id) DO NOTHING`,
};

/** Writes `tasks` and `batches`. */
@Injectable()
export class CampaignRepository {
  /** The tasks and batches that are known to be committed. They are not inserted again. */
  private readonly remembered = new Set<string>();

  /** The tasks and batches of these calls that are not known to be in the ledger yet. */
  unknownOf(states: readonly CallState[]): NamedCampaigns {
    const tasks = new Map<string, [string, number]>();
    const batches = new Map<string, [string, string, number]>();
    let last: CallState['record'] | undefined;
    for (const { record, lastReceivedAt } of states) {
      // Nearly all calls of a push have the same task and batch.
      if (record.taskId === last?.taskId && record.batchId === last.batchId) continue;
      last = record;
      const taskId = record.taskId ?? '';
      const taskKey = keyOf(taskId);
      if (record.taskId !== null && !tasks.has(taskKey) && !this.remembered.has(taskKey)) {
        tasks.set(taskKey, [taskId, lastReceivedAt]);
      }
      if (record.batchId === null) continue;
      const batchKey = keyOf(taskId, record.batchId);
      if (!batches.has(batchKey) && !this.remembered.has(batchKey)) {
        batches.set(batchKey, [taskId, record.batchId, lastReceivedAt]);
      }
    }
    return { tasks: sortedValues(tasks), batches: sortedValues(batches) };
  }

  async insert(transaction: Transaction, { tasks, batches }: NamedCampaigns): Promise<void> {
    if (tasks.length > 0) {
      await transaction.query({
        ...INSERT_TASKS,
        values: [tasks.map(([id]) => id), tasks.map(([, at]) => at)],
      });
    }
    if (batches.length > 0) {
      const values = [
        batches.map(([task]) => task),
        batches.map(([, id]) => id),
        batches.map(([, , at]) => at),
      ];
      await transaction.query({ ...INSERT_BATCHES, values });
    }
  }

  /** Call this after the rows of {@link insert} are committed. */
  remember({ tasks, batches }: NamedCampaigns): void {
    if (this.remembered.size > MOST_REMEMBERED) this.remembered.clear();
    for (const [taskId] of tasks) this.remembered.add(keyOf(taskId));
    for (const [taskId, batchId] of batches) this.remembered.add(keyOf(taskId, batchId));
  }
}

function keyOf(...names: string[]): string {
  return names.join('\0');
}

function sortedValues<Value>(entries: ReadonlyMap<string, Value>): Value[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
