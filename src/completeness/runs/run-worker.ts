import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { errorText } from '../../errors.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../../security/masking/text-mask.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import { LeaseLostError } from '../../persistence/leases/lease.repository.js';
import type { CompletenessRun } from '../../persistence/schema/entities/completeness.entities.js';
import { TaskCheck } from '../check/task-check.js';
import type { LedgerTask } from '../check/task.repository.js';
import { TaskRepair } from '../repair/task-repair.js';
import { VendorAccount } from '../vendor-account.js';
import { RunRepository } from './run.repository.js';
import { TaskList } from './task-list.js';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 300_000;
/** With these pauses, and those of the client of the vendor's API, a run is given up after an hour or more. */
const MOST_FAILURES = 12;
const DAY_MS = 86_400_000;

/** Works on a check or a repair until it is finished, from the place that it has reached. */
@Injectable()
export class RunWorker {
  private readonly logger = new Logger('Completeness');

  constructor(
    private readonly settings: Settings,
    private readonly account: VendorAccount,
    private readonly runs: RunRepository,
    private readonly list: TaskList,
    private readonly checks: TaskCheck,
    private readonly repairs: TaskRepair,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @throws LeaseLostError when another process has taken over
   * @throws DatabaseUnavailableError
   * @throws the signal's reason when it aborts
   */
  async work(run: CompletenessRun, signal: AbortSignal): Promise<void> {
    let now = run;
    try {
      now = await this.runs.change(run, {
        status: 'running',
        startedAt: run.startedAt ?? new Date(),
        problem: null,
      });
      const tasks = await this.list.of(now, signal);
      now = await this.runs.change(now, { tasks: tasks.length });
      for (const task of tasks)
        if (now.lastTask === null || task.taskId > now.lastTask)
          now = await this.workOnTask(now, task, signal);
      await this.finish(now);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof LeaseLostError || error instanceof DatabaseUnavailableError) throw error;
      await this.failed(now, error);
    }
  }

  private async workOnTask(
    run: CompletenessRun,
    { taskId, sources }: LedgerTask,
    signal: AbortSignal,
  ): Promise<CompletenessRun> {
    let now = run;
    // A repair that was begun before goes on. An automatic one follows a check.
    if (run.kind === 'check' || (!run.automatic && run.currentTask !== taskId)) {
      const thorough = run.kind === 'check' && !run.automatic;
      const checked = await this.checks.check(taskId, sources, { thorough, signal });
      if (checked === undefined && run.scope === 'task')
        now = { ...now, problem: `Nobody knows the task ${taskId}` };
    }
    const isOurs = sources.length === 0 || sources.includes(this.account.source);
    if (run.kind === 'repair' && isOurs) {
      now = await this.repairs.repair(now, taskId, signal);
      if (!run.dryRun) await this.checks.judgeAgain(taskId);
    }
    const { problem } = now;
    const done = { lastTask: taskId, tasksDone: run.tasksDone + 1, currentTask: null, place: null };
    return this.runs.change(now, { ...done, failures: 0, problem });
  }

  private async finish(run: CompletenessRun): Promise<void> {
    const { id, kind, scope, taskId, dryRun, problem, tasksDone } = run;
    const { examined, repairable, repaired, unrepairable } = run;
    const status = problem === null ? 'done' : 'failed';
    const counts = kind === 'check' ? {} : { examined, repairable, repaired, unrepairable };
    await this.runs.change(run, { status, finishedAt: new Date() }, async (transaction) => {
      if (kind === 'repair') {
        const detail = { runId: id, taskId, dryRun, ...counts };
        await this.audit.recordIn(transaction, { action: 'repair.done', by: null, detail, rows: repaired });
      } else if (this.settings.completeness.repairs) {
        const repair = { kind: 'repair', scope, taskId, dryRun: false, automatic: true } as const;
        await this.runs.add(transaction, repair);
      }
    });
    const outcome = kind === 'check' ? 'check done' : dryRun ? 'dry run of a repair done' : 'repair done';
    this.logger.log({
      outcome,
      runId: id,
      tasks: tasksDone,
      ...counts,
      ...(problem !== null && { problem }),
    });
    const { bodyRetentionDays } = this.settings;
    if (bodyRetentionDays > 0) await this.runs.deleteOld(new Date(Date.now() - bodyRetentionDays * DAY_MS));
  }

  /** Tries again later, or gives the run up. */
  private async failed(run: CompletenessRun, error: unknown): Promise<void> {
    const failures = run.failures + 1;
    const problem = maskText(errorText(error), NONE);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
    const isOver = failures >= MOST_FAILURES;
    this.logger.warn(`the ${run.kind} ${run.id} failed${isOver ? '' : ' and is tried again'}: ${problem}`);
    await this.runs.change(run, {
      failures,
      problem,
      nextTryAt: new Date(Date.now() + pause),
      ...(isOver ? { status: 'failed', finishedAt: new Date() } : {}),
    });
  }
}
