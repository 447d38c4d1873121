import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BackgroundLoop } from '../../background/background-loop.js';
import { errorText } from '../../errors.js';
import { DatabaseLifecycle } from '../../persistence/connections/database-lifecycle.js';
import { LeaseLostError, LeaseRepository } from '../../persistence/leases/lease.repository.js';
import { pacerLimits, BackgroundPacer } from '../background-pacer.js';
import { PrivacyEvents } from '../privacy-events.js';
import { countsOf, type ErasureJob } from './erasure-job.js';
import { ERASURES, ErasureRepository } from './erasure.repository.js';
import { ErasureSteps, NotYetError } from './erasure-steps.js';

/** How often to look for a job. A look takes 0.1 ms. */
const LOOK_MS = 1000;
const MOST_ROWS_A_STEP = 5000;
const FIRST_PAUSE_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;

/** Works on erasure jobs that are due, one after the other, in the background until they are done. */
@Injectable()
export class Eraser implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Erasure');
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    backoff: { firstMs: 2 * LOOK_MS, longestMs: LONGEST_WAIT_MS },
    onFailure: (error, pauseMs) => {
      if (pauseMs === 2 * LOOK_MS && !(error instanceof LeaseLostError))
        this.logger.warn(`erasures failed and are tried again later: ${errorText(error)}`);
    },
  });

  constructor(
    private readonly lifecycle: DatabaseLifecycle,
    private readonly leases: LeaseRepository,
    private readonly jobs: ErasureRepository,
    private readonly steps: ErasureSteps,
    private readonly events: PrivacyEvents,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): void {
    this.loop.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  /** Starts a look for jobs at once, because there is a new one. */
  look(): void {
    this.loop.wake();
  }

  private async round(): Promise<number> {
    if (this.lifecycle.migrated) await this.workOnDue();
    return LOOK_MS;
  }

  private async workOnDue(): Promise<void> {
    if ((await this.jobs.nextDue()) === undefined || !(await this.leases.claim(ERASURES))) return;
    try {
      // The job is read again, because another process may have worked on it until now.
      let job = await this.jobs.nextDue();
      while (job !== undefined && !this.loop.isStopping) {
        await this.workOn(job);
        job = await this.jobs.nextDue();
      }
    } finally {
      await this.leases.release(ERASURES);
    }
  }

  private async workOn(job: ErasureJob): Promise<void> {
    try {
      await this.search(job);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      const failures = job.failures + 1;
      const longest = error instanceof NotYetError ? LONGEST_WAIT_MS : LONGEST_PAUSE_MS;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 20), longest);
      if (!(error instanceof NotYetError))
        this.logger.warn(`the erasure ${job.id} failed and is tried again: ${errorText(error)}`);
      await this.jobs.postpone(job, failures, errorText(error), pause);
    }
  }

  private async search(due: ErasureJob): Promise<void> {
    let job = due;
    const gait = pacerLimits(this.lifecycle.distributed);
    let pace = new BackgroundPacer(MOST_ROWS_A_STEP, gait);
    while (!this.loop.isStopping) {
      const { phase } = job;
      const begin = performance.now();
      job = await this.steps.next(job, pace.rows);
      if (phase === 'journal') return this.finish(job);
      if (job.phase !== phase) pace = new BackgroundPacer(MOST_ROWS_A_STEP, gait);
      await this.loop.rest(pace.after(performance.now() - begin));
    }
  }

  private async finish(job: ErasureJob): Promise<void> {
    const done = await this.jobs.finish(job, (transaction, erasure) =>
      this.events.erasureDone(transaction, erasure.id, countsOf(erasure)),
    );
    if (done === undefined) await this.jobs.searchAgain(job);
  }
}
