// Jobs that are due in, worked on one after the other in the background until they are done.
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { errorText } from '../../errors.js';
import { DatabaseLifecycle } from '../../persistence/database-lifecycle.js';
import { LeaseLostError, LeaseRepository } from '../lease.repository.js';
import { gaitOf, Pace } from '../pace.js';
import { PrivacyEvents } from '../privacy-events.js';
import { countsOf } from './erasure-counts.js';
import type { ErasureJob } from './erasure-job.js';
import { ERASURES, ErasureRepository } from './erasure.repository.js';
import { ErasureSteps, NotYetError } from './erasure-steps.js';

/** How often to look whether there is a job: a look takes 0.1 ms. */
const LOOK_MS = 1000;
const MOST_ROWS_A_STEP = 5000;
const FIRST_PAUSE_MS = 200;
const LONGEST_WAIT_MS = 10_000;
const LONGEST_PAUSE_MS = 300_000;
const GRACE_MS = 2000;

@Injectable()
export class Eraser implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Erasure');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly lifecycle: DatabaseLifecycle,
    private readonly leases: LeaseRepository,
    private readonly jobs: ErasureRepository,
    private readonly steps: ErasureSteps,
    private readonly events: PrivacyEvents,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.workUntilStopped();
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    // A step that the database does not finish is undone when its connection closes.
    await Promise.race([this.running, wait(GRACE_MS, undefined, { ref: false })]);
  }

  /** There is a new job. */
  look(): void {
    this.wake();
  }

  private async workUntilStopped(): Promise<void> {
    let pause = LOOK_MS;
    while (!this.stopping.signal.aborted) {
      try {
        if (this.lifecycle.migrated) await this.workOnDue();
        pause = LOOK_MS;
      } catch (error) {
        if (pause === LOOK_MS && !(error instanceof LeaseLostError))
          this.logger.warn(`goes on later: ${errorText(error)}`);
        pause = Math.min(pause * 2, LONGEST_WAIT_MS);
      }
      await this.idle(pause);
    }
  }

  private async workOnDue(): Promise<void> {
    if ((await this.jobs.nextDue()) === undefined || !(await this.leases.claim(ERASURES))) return;
    try {
      // Read again: it may have been another process's until now.
      let job = await this.jobs.nextDue();
      while (job !== undefined && !this.stopping.signal.aborted) {
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
      if (!(error instanceof NotYetError)) this.logger.warn(`${job.id} is tried again: ${errorText(error)}`);
      await this.jobs.postpone(job, failures, errorText(error), pause);
    }
  }

  private async search(due: ErasureJob): Promise<void> {
    let job = due;
    const gait = gaitOf(this.lifecycle.distributed);
    let pace = new Pace(MOST_ROWS_A_STEP, gait);
    while (!this.stopping.signal.aborted) {
      const { phase } = job;
      const begin = performance.now();
      job = await this.steps.next(job, pace.rows);
      if (phase === 'journal') return this.finish(job);
      if (job.phase !== phase) pace = new Pace(MOST_ROWS_A_STEP, gait);
      await this.rest(pace.after(performance.now() - begin));
    }
  }

  private async finish(job: ErasureJob): Promise<void> {
    const done = await this.jobs.finish(job, (transaction, erasure) =>
      this.events.erasureDone(transaction, erasure.id, countsOf(erasure)),
    );
    if (done === undefined) await this.jobs.searchAgain(job);
  }

  private async idle(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    const rested = new AbortController();
    await Promise.race([
      woken,
      wait(ms, undefined, { signal: rested.signal, ref: false }).catch(() => undefined),
    ]);
    rested.abort();
  }

  private async rest(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
