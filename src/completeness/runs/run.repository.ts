import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { tooManyRequests } from '../../http/problems/refusals.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { LeaseRepository } from '../../persistence/leases/lease.repository.js';
import {
  CompletenessRun,
  type RunKind,
  type RunScope,
} from '../../persistence/schema/entities/completeness.entities.js';
import { orderedId } from '../../persistence/sql/ids.js';
import { COMPLETENESS } from '../check/task.repository.js';

/** What a run is to do. */
export interface RunRequest {
  readonly kind: RunKind;
  readonly scope: RunScope;
  readonly taskId: string | null;
  readonly dryRun: boolean;
  readonly automatic: boolean;
}

/** A run that was added, or that a request has joined. */
type AddedRun = Pick<CompletenessRun, 'id' | 'status'>;

/** More waiting runs would take hours. */
const MOST_WAITING = 100;
const RUNS_AT_ONCE = 1000;

// The lock keeps the run from beginning before the transaction ends.
const WAITING = {
  name: 'completeness-waiting-run',
  text: `SELECT id, status FROM completeness_runs
    WHERE status = 'pending' AND kind = $1 AND scope = $2 AND task_id IS NOT DISTINCT FROM $3 AND dry_run = $4
      AND automatic = $5
    ORDER BY id LIMIT 1 FOR UPDATE`,
};
const DELETE_OLD_RUNS = {
  name: 'completeness-delete-old-runs',
  text: `DELETE FROM completeness_runs WHERE id = ANY(ARRAY(
    SELECT id FROM completeness_runs WHERE finished_at < $1 ORDER BY id LIMIT $2))`,
};
const DELETE_OLD_ENTRIES = {
  name: 'completeness-delete-old-entries',
  text: `DELETE FROM completeness_missing WHERE (task_id, detail_id) IN (
    SELECT task_id, detail_id FROM completeness_missing
    WHERE changed_at < $1 AND state IN ('repaired', 'held') ORDER BY changed_at LIMIT $2)`,
};

/** Stores checks and repairs, and how far they are. */
@Injectable()
export class RunRepository {
  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
  ) {}

  /**
   * Adds a run, or joins an equal one that has not begun.
   *
   * @param also further work in the same transaction
   * @throws HttpException 429 when too many runs wait
   */
  request(
    request: RunRequest,
    also: (transaction: Transaction, id: string) => Promise<void>,
  ): Promise<AddedRun> {
    return this.database.transaction(async (transaction) => {
      const run = await this.add(transaction, request);
      await also(transaction, run.id);
      return run;
    });
  }

  /** Does {@link request} in a transaction of the caller. */
  async add(transaction: Transaction, request: RunRequest): Promise<AddedRun> {
    const { kind, scope, taskId, dryRun, automatic } = request;
    const values = [kind, scope, taskId, dryRun, automatic];
    const [waiting] = (await transaction.query<AddedRun>({ ...WAITING, values })).rows;
    if (waiting !== undefined) return waiting;
    const { manager } = transaction;
    if ((await manager.countBy(CompletenessRun, { status: 'pending' })) >= MOST_WAITING)
      throw tooManyRequests(`${MOST_WAITING} checks and repairs wait already. Ask again later`, 60);
    const now = Date.now();
    const run = Object.assign(new CompletenessRun(), {
      ...request,
      ...{ id: orderedId(now), status: 'pending', requestedAt: new Date(now), nextTryAt: new Date(now) },
      ...{ startedAt: null, finishedAt: null, failures: 0, problem: null, tasks: null, tasksDone: 0 },
      ...{ lastTask: null, currentTask: null, place: null },
      ...{ examined: 0, repairable: 0, repaired: 0, unrepairable: 0 },
    });
    await manager.insert(CompletenessRun, run);
    return run;
  }

  find(id: string, kind: RunKind): Promise<CompletenessRun | null> {
    return this.database.readEntities((manager) => manager.findOneBy(CompletenessRun, { id, kind }));
  }

  /** The oldest run that is not finished, if it is due. A later one does not overtake it. */
  async nextDue(): Promise<CompletenessRun | undefined> {
    const next = await this.database.queryEntities((manager) =>
      manager.findOne(CompletenessRun, {
        where: { status: In(['pending', 'running']) },
        order: { id: 'ASC' },
      }),
    );
    return next !== null && next.nextTryAt.getTime() <= Date.now() ? next : undefined;
  }

  /** When the last check of all or of the recent tasks was requested, in epoch milliseconds. */
  async lastCheckAt(): Promise<number | undefined> {
    const last = await this.database.queryEntities((manager) =>
      manager.findOne(CompletenessRun, {
        where: { kind: 'check', scope: In(['all', 'recent']) },
        order: { id: 'DESC' },
      }),
    );
    return last?.requestedAt.getTime();
  }

  /**
   * Changes a run.
   *
   * @param also further work in the same transaction
   * @throws LeaseLostError when another process checks and repairs
   */
  change(
    run: CompletenessRun,
    changes: Partial<CompletenessRun>,
    also: (transaction: Transaction) => Promise<void> = () => Promise.resolve(),
  ): Promise<CompletenessRun> {
    return this.database.transaction(async (transaction) => {
      await this.changeIn(transaction, run, changes);
      await also(transaction);
      return { ...run, ...changes };
    });
  }

  /** Runs work in a transaction. Its first step must be {@link changeIn}. */
  inTransaction(work: (transaction: Transaction) => Promise<void>): Promise<void> {
    return this.database.transaction(work);
  }

  /** Does {@link change} in a transaction of the caller. */
  async changeIn(
    { manager }: Transaction,
    run: CompletenessRun,
    changes: Partial<CompletenessRun>,
  ): Promise<void> {
    await this.leases.renew(manager, COMPLETENESS);
    await manager.update(CompletenessRun, { id: run.id }, changes);
  }

  /** Deletes finished runs, and entries that are not missing any more, of before an instant. */
  async deleteOld(before: Date): Promise<void> {
    await this.database.query({ ...DELETE_OLD_RUNS, values: [before, RUNS_AT_ONCE] });
    await this.database.query({ ...DELETE_OLD_ENTRIES, values: [before, RUNS_AT_ONCE] });
  }
}
