import { Injectable } from '@nestjs/common';
import type { CompletenessRun } from '../../persistence/schema/entities/completeness.entities.js';
import type { VendorTask } from '../../vendor-api/vendor-task.js';
import { VendorApiError } from '../../vendor-api/vendor-api-error.js';
import { CheckedTaskRepository, type LedgerTask } from '../check/task.repository.js';
import { MissingRepository } from '../repair/missing.repository.js';
import { VendorAccount } from '../vendor-account.js';

const RECENT_MS = 7 * 86_400_000;

/** Says which tasks a run covers. */
@Injectable()
export class TaskList {
  constructor(
    private readonly account: VendorAccount,
    private readonly tasks: CheckedTaskRepository,
    private readonly missing: MissingRepository,
  ) {}

  /**
   * The tasks of a run in the order of their ids.
   *
   * @throws VendorApiError when the vendor gives no answer now
   */
  async of(run: CompletenessRun, signal: AbortSignal): Promise<LedgerTask[]> {
    const found = new Map<string, LedgerTask>();
    for (const task of await this.ofLedger(run)) found.set(task.taskId, task);
    for (const taskId of await this.ofVendor(run, signal))
      if (!found.has(taskId)) found.set(taskId, { taskId, sources: await this.sourcesOf(taskId) });
    return [...found.values()].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
  }

  private async ofLedger(run: CompletenessRun): Promise<LedgerTask[]> {
    const { scope, taskId, automatic, kind } = run;
    if (taskId !== null) return [{ taskId, sources: await this.sourcesOf(taskId) }];
    const withMissing = kind === 'repair' ? await this.missing.tasks() : [];
    const named = await Promise.all(
      withMissing.map(async (id) => ({ taskId: id, sources: await this.sourcesOf(id) })),
    );
    if (kind === 'repair' && automatic) return named;
    const since = scope === 'all' ? undefined : Date.now() - RECENT_MS;
    return [...(await this.tasks.ledgerTasks(since)), ...named];
  }

  private async ofVendor(run: CompletenessRun, signal: AbortSignal): Promise<string[]> {
    const { scope, taskId, automatic, kind } = run;
    if (taskId !== null || (kind === 'repair' && automatic)) return [];
    const known = new Map((await this.tasks.all()).map((task) => [task.taskId, task.vendorCalls]));
    const ids: string[] = [];
    try {
      for await (const task of this.account.vendor.tasks(signal))
        if (scope === 'all' || isRecent(task) || known.get(task.taskId) !== task.totalCallCount)
          ids.push(task.taskId);
    } catch (error) {
      // The checks of the ledger's tasks say what is wrong.
      if (!(error instanceof VendorApiError) || error.mayPass) throw error;
    }
    return ids;
  }

  private async sourcesOf(taskId: string): Promise<string[]> {
    return [...(await this.tasks.ledgerCalls(taskId)).keys()];
  }
}

/** Whether the vendor may have made calls of the task in the last days. */
function isRecent({ createTime, startTime, realStartTime, dayCallCount, callingCount, status }: VendorTask) {
  const since = Date.now() - RECENT_MS;
  const begun = [createTime, startTime, realStartTime].some((time) => time !== null && time >= since);
  return begun || status === 'running' || (dayCallCount ?? 0) > 0 || (callingCount ?? 0) > 0;
}
