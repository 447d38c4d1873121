import { ConflictException, ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { decodeCursor, encodeCursor } from '../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../http/parameters/page.js';
import type {
  CheckedTask,
  CompletenessRun,
  MissingEntry,
  RunKind,
} from '../persistence/schema/entities/completeness.entities.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import type {
  AcceptedRun,
  CompletenessCheckDto,
  CompletenessCheckRequest,
  CompletenessQuery,
  CompletenessRepairDto,
  CompletenessRepairRequest,
  MissingEntryDto,
  MissingQuery,
  TaskCompletenessDto,
} from './completeness.dto.js';
import { CompletenessRepository } from './completeness.repository.js';
import { MISSING_STATES, MissingRepository } from './repair/missing.repository.js';
import { CompletenessJobs } from './runs/completeness-jobs.js';
import { RunRepository } from './runs/run.repository.js';
import { NO_ACCESS_KEY, VendorAccount } from './vendor-account.js';

/** Accepts checks and repairs, and shows what they have found. `CompletenessJobs` works on them. */
@Injectable()
export class CompletenessService {
  constructor(
    private readonly account: VendorAccount,
    private readonly tasks: CompletenessRepository,
    private readonly missing: MissingRepository,
    private readonly runs: RunRepository,
    private readonly jobs: CompletenessJobs,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Accepts a check, or joins one that has not begun.
   *
   * @throws ConflictException if the settings have no access key
   */
  check({ taskId }: CompletenessCheckRequest, asker: Principal): Promise<AcceptedRun> {
    return this.request('check', taskId ?? null, false, asker);
  }

  /**
   * Accepts a repair, or joins an equal one that has not begun.
   *
   * @throws ConflictException if the settings have no access key
   */
  repair({ taskId, dryRun }: CompletenessRepairRequest, asker: Principal): Promise<AcceptedRun> {
    return this.request('repair', taskId ?? null, dryRun ?? false, asker);
  }

  async list(query: CompletenessQuery, asker: Principal): Promise<Page<TaskCompletenessDto>> {
    this.requireSource(asker);
    const { limit = DEFAULT_LIMIT, cursor, taskId, verdict } = query;
    const after = positionOf(cursor, 'completeness');
    const rows = await this.tasks.list({ taskId, verdict }, asker, after, limit + 1);
    return pageOf(rows.map(taskDto), limit, (last) => encodeCursor('completeness', [last.taskId]));
  }

  /** @throws NotFoundException if the task was never checked */
  async listMissing(taskId: string, query: MissingQuery, asker: Principal): Promise<Page<MissingEntryDto>> {
    this.requireSource(asker);
    const task = taskId.includes('\0') ? null : await this.tasks.find(taskId, asker);
    if (task === null) throw new NotFoundException('This task has not been checked');
    const { limit = DEFAULT_LIMIT, cursor, state = MISSING_STATES } = query;
    const after = positionOf(cursor, 'missing entries');
    const rows = await this.missing.list(taskId, state, after, limit + 1);
    return pageOf(rows.map(missingDto), limit, (last) => encodeCursor('missing entries', [last.detailId]));
  }

  /** @throws NotFoundException */
  async findCheck(id: string, asker: Principal): Promise<CompletenessCheckDto> {
    return progressOf(await this.findRun(id, 'check', asker));
  }

  /** @throws NotFoundException */
  async findRepair(id: string, asker: Principal): Promise<CompletenessRepairDto> {
    const run = await this.findRun(id, 'repair', asker);
    const { dryRun, examined, repairable, repaired, unrepairable } = run;
    return { ...progressOf(run), dryRun, examined, repairable, repaired, unrepairable };
  }

  private async request(
    kind: RunKind,
    taskId: string | null,
    dryRun: boolean,
    asker: Principal,
  ): Promise<AcceptedRun> {
    this.requireSource(asker);
    // Nobody would ever work on the run.
    if (!this.account.isKnown) throw new ConflictException(NO_ACCESS_KEY);
    const scope = taskId !== null ? 'task' : kind === 'check' ? 'all' : 'recent';
    const action = kind === 'check' ? 'check.requested' : 'repair.requested';
    const run = await this.runs.request(
      { kind, scope, taskId, dryRun, automatic: false },
      (transaction, runId) =>
        this.audit.recordIn(transaction, {
          action,
          by: asker,
          detail: { runId, taskId, dryRun },
          rows: null,
        }),
    );
    this.jobs.look();
    return { id: run.id, status: run.status };
  }

  private async findRun(id: string, kind: RunKind, asker: Principal): Promise<CompletenessRun> {
    this.requireSource(asker);
    const run = isUuid(id) ? await this.runs.find(id, kind) : null;
    if (run === null || (await this.isOfOthers(run, asker)))
      throw new NotFoundException(`There is no ${kind} with this id`);
    return run;
  }

  /** Whether a run is about a task of sources that the key may not see. */
  private async isOfOthers({ taskId }: CompletenessRun, { sources }: Principal): Promise<boolean> {
    if (taskId === null || sources === null) return false;
    const task = await this.tasks.find(taskId, { sources: null });
    return task !== null && !sources.includes(task.source);
  }

  /** @throws ForbiddenException if the key is limited to other sources than that of the access key */
  private requireSource({ sources }: Principal): void {
    const { source } = this.account;
    if (sources === null || sources.includes(source)) return;
    throw new ForbiddenException(
      `This API key is limited to sources. It needs ${source}, whose calls are compared with the vendor.`,
    );
  }
}

function positionOf(cursor: string | undefined, kind: string): string {
  return cursor === undefined ? '' : String(decodeCursor(cursor, kind, ['string'])[0]);
}

function taskDto(task: CheckedTask): TaskCompletenessDto {
  const { taskId, vendorCalls, ledgerCalls, vendorEntries, ledgerEntries, missing, verdict, reason } = task;
  const checkedAt = task.checkedAt.toISOString();
  return {
    taskId,
    vendorCalls,
    ledgerCalls,
    vendorEntries,
    ledgerEntries,
    missing,
    verdict,
    reason,
    checkedAt,
  };
}

function missingDto({ detailId, callId, outId, callingTime, state, reason }: MissingEntry): MissingEntryDto {
  return { detailId, callId, outId, callingTime: callingTime?.toISOString() ?? null, state, reason };
}

function progressOf(run: CompletenessRun): CompletenessCheckDto {
  const { id, status, taskId, problem, tasks, tasksDone } = run;
  return {
    ...{ id, status, taskId },
    requestedAt: run.requestedAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    ...{ problem, tasks, tasksDone },
  };
}
