import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BackgroundLoop } from '../../background/background-loop.js';
import { Settings } from '../../config/settings.js';
import { errorText } from '../../errors.js';
import { DatabaseLifecycle } from '../../persistence/connections/database-lifecycle.js';
import { LeaseLostError, LeaseRepository } from '../../persistence/leases/lease.repository.js';
import { COMPLETENESS } from '../check/task.repository.js';
import { VendorAccount } from '../vendor-account.js';
import { RunRepository } from './run.repository.js';
import { RunWorker } from './run-worker.js';

/** How often to look for a run. A look takes 0.1 ms. */
const LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** How often to ask whether a check is due. */
const SCHEDULE_MS = 5000;
/** The first check waits, because a service that has just started is busy with other work. */
const FIRST_CHECK_MS = 30_000;
/** A lease expires after 20 s. Requests to the vendor may take longer. */
const RENEW_MS = 5000;

/** Begins the checks of the interval, and works on checks and repairs one after the other. */
@Injectable()
export class CompletenessJobs
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Completeness');
  private readonly stopping = new AbortController();
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    backoff: { firstMs: 2 * LOOK_MS, longestMs: LONGEST_PAUSE_MS },
    onFailure: (error, pauseMs) => {
      if (pauseMs === 2 * LOOK_MS && !(error instanceof LeaseLostError))
        this.logger.warn(`checks of completeness failed and are tried again later: ${errorText(error)}`);
    },
  });
  private scheduledAt: number;

  constructor(
    settings: Settings,
    private readonly account: VendorAccount,
    private readonly lifecycle: DatabaseLifecycle,
    private readonly leases: LeaseRepository,
    private readonly runs: RunRepository,
    private readonly worker: RunWorker,
  ) {
    this.intervalMs = settings.completeness.intervalMs;
    this.scheduledAt = performance.now() + Math.min(FIRST_CHECK_MS, this.intervalMs ?? 0) - SCHEDULE_MS;
  }

  private readonly intervalMs: number | undefined;

  onApplicationBootstrap(): void {
    if (this.account.isKnown) this.loop.start();
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort(new Error('the service is stopping'));
    this.loop.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  /** Starts a look for runs at once, because there is a new one. */
  look(): void {
    this.loop.wake();
  }

  private async round(): Promise<number> {
    if (!this.lifecycle.migrated) return LOOK_MS;
    const isCheckDue = await this.isCheckDue();
    if (!isCheckDue && (await this.runs.nextDue()) === undefined) return LOOK_MS;
    if (!(await this.leases.claim(COMPLETENESS))) return LOOK_MS;
    try {
      if (isCheckDue && (await this.isOverdue())) await this.addCheck();
      await this.workOnDue();
    } finally {
      await this.leases.release(COMPLETENESS);
    }
    return LOOK_MS;
  }

  private async isCheckDue(): Promise<boolean> {
    if (this.intervalMs === undefined || performance.now() - this.scheduledAt < SCHEDULE_MS) return false;
    this.scheduledAt = performance.now();
    return this.isOverdue();
  }

  private async isOverdue(): Promise<boolean> {
    const last = await this.runs.lastCheckAt();
    return last === undefined || Date.now() - last >= (this.intervalMs ?? Infinity);
  }

  private async addCheck(): Promise<void> {
    const check = { kind: 'check', scope: 'recent', taskId: null, dryRun: false, automatic: true } as const;
    await this.runs.request(check, () => Promise.resolve());
  }

  /** Works on all runs that are due, and keeps the lease meanwhile. */
  private async workOnDue(): Promise<void> {
    const lost = new AbortController();
    const renewal = setInterval(() => {
      void this.renew(lost);
    }, RENEW_MS);
    const signal = AbortSignal.any([this.stopping.signal, lost.signal]);
    try {
      let run = await this.runs.nextDue();
      while (run !== undefined && !this.loop.isStopping) {
        await this.worker.work(run, signal);
        run = await this.runs.nextDue();
      }
    } catch (error) {
      if (!this.loop.isStopping) throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** While the database is away, nobody else can take the lease either. Each write checks the lease itself. */
  private async renew(lost: AbortController): Promise<void> {
    try {
      if (!(await this.leases.claim(COMPLETENESS))) lost.abort(new LeaseLostError());
    } catch (error) {
      this.logger.debug(`the lease could not be renewed: ${errorText(error)}`);
    }
  }
}
