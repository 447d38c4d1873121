import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { NIL } from 'uuid';
import { BackgroundLoop } from '../../background/background-loop.js';
import { Settings } from '../../config/settings.js';
import { errorText } from '../../errors.js';
import { DatabaseLifecycle } from '../../persistence/connections/database-lifecycle.js';
import { firstIdOf } from '../../persistence/sql/ids.js';
import { LeaseLostError, LeaseRepository } from '../../persistence/leases/lease.repository.js';
import { pacerLimits, BackgroundPacer } from '../background-pacer.js';
import { PrivacyEvents } from '../privacy-events.js';
import {
  FIRST_INSTANT,
  type Retained,
  RETENTION,
  RetentionRepository,
  type RetentionStep,
} from './retention.repository.js';

const EVERY_MS = 600_000;
/** The first run waits, because a service that has just started is busy with other work. */
const FIRST_AFTER_MS = 60_000;
const MOST_ROWS_A_STEP = 1000;
const DAY_MS = 86_400_000;

type Step = (from: string, limit: number) => Promise<RetentionStep>;

/** Deletes bodies, calls and entries of the quarantine after their retention time, step by step in the background. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Retention');
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    firstAfterMs: FIRST_AFTER_MS,
    backoff: { firstMs: EVERY_MS, longestMs: EVERY_MS },
    onFailure: (error) => {
      if (!(error instanceof LeaseLostError))
        this.logger.warn(`the deletion of old data failed and is tried again later: ${errorText(error)}`);
    },
  });
  private isAtWork = false;

  constructor(
    private readonly settings: Settings,
    private readonly lifecycle: DatabaseLifecycle,
    private readonly leases: LeaseRepository,
    private readonly retention: RetentionRepository,
    private readonly events: PrivacyEvents,
  ) {}

  onApplicationBootstrap(): void {
    const { bodyRetentionDays, callRetentionDays } = this.settings;
    if (bodyRetentionDays > 0 || callRetentionDays > 0) this.loop.start();
  }

  beforeApplicationShutdown(): void {
    this.loop.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  /**
   * Deletes everything whose retention time is over. It does nothing, and returns undefined, while another run is in
   * progress, in this process or in another one.
   *
   * @param now epoch milliseconds
   * @throws DatabaseUnavailableError
   */
  async run(now = Date.now()): Promise<Retained | undefined> {
    // The lease alone would let the same process in twice.
    if (this.isAtWork || !(await this.leases.claim(RETENTION))) return undefined;
    this.isAtWork = true;
    const done: Retained = {
      bodies: 0,
      calls: 0,
      revisions: 0,
      orphans: 0,
      resolvedEntries: 0,
      openEntries: 0,
    };
    try {
      const { bodyRetentionDays, callRetentionDays } = this.settings;
      if (bodyRetentionDays > 0) await this.deleteBodies(now - bodyRetentionDays * DAY_MS, done);
      if (callRetentionDays > 0) await this.deleteCalls(now - callRetentionDays * DAY_MS, done);
    } finally {
      this.isAtWork = false;
      await this.events.retentionDone(done);
      await this.leases.release(RETENTION);
    }
    return done;
  }

  private async deleteBodies(before: number, done: Retained): Promise<void> {
    const instant = new Date(before);
    const id = firstIdOf(before);
    await this.inSteps(FIRST_INSTANT, async (from, limit) => {
      const step = await this.retention.deleteBodies(from, instant, limit);
      done.bodies += step.deleted;
      return step;
    });
    for (const status of ['replayed', 'discarded'] as const) {
      await this.inSteps(NIL, async (from, limit) => {
        const step = await this.retention.deleteEntries(status, from, id, limit, instant);
        done.resolvedEntries += step.deleted;
        return step;
      });
    }
    const open = await this.retention.countOpen(id, instant);
    if (open > 0) {
      const days = this.settings.bodyRetentionDays;
      this.logger.warn(
        `${open} entries of the quarantine have been open for more than ${days} days. Replay or discard them.`,
      );
    }
  }

  private async deleteCalls(before: number, done: Retained): Promise<void> {
    const id = firstIdOf(before);
    await this.inSteps(NIL, async (from, limit) => {
      const step = await this.retention.deleteCalls(from, id, limit);
      done.calls += step.deleted;
      done.revisions += step.revisions;
      return step;
    });
    for (const table of ['call_notes', 'call_recordings'] as const) {
      await this.inSteps(NIL, async (from, limit) => {
        const step = await this.retention.deleteOrphans(table, from, id, limit);
        done.orphans += step.deleted;
        done.revisions += step.revisions;
        return step;
      });
    }
    await this.inSteps(NIL, async (from, limit) => {
      const step = await this.retention.deleteEntries('open', from, id, limit, new Date(before));
      done.openEntries += step.deleted;
      return step;
    });
  }

  private async inSteps(first: string, step: Step): Promise<void> {
    const pace = new BackgroundPacer(MOST_ROWS_A_STEP, pacerLimits(this.lifecycle.distributed));
    let from: string | undefined = first;
    while (from !== undefined && !this.loop.isStopping) {
      const begin = performance.now();
      from = (await step(from, pace.rows)).next;
      await this.loop.rest(pace.after(performance.now() - begin));
    }
  }

  private async round(): Promise<number> {
    if (this.lifecycle.migrated) await this.run();
    return EVERY_MS;
  }
}
