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
import { FollowerRepository } from './follower.repository.js';

const EVERY_MS = 3_600_000;
/** The first run waits, because a service that has just started is busy with other work. */
const FIRST_AFTER_MS = 60_000;
const KEPT_MS = 30 * 86_400_000;

/** Forgets followers that have not asked for 30 days. Several processes may do it at once. */
@Injectable()
export class FollowerRetention
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Followers');
  private readonly loop = new BackgroundLoop({
    round: async () => {
      if (this.lifecycle.migrated) await this.run();
      return EVERY_MS;
    },
    firstAfterMs: FIRST_AFTER_MS,
    backoff: { firstMs: FIRST_AFTER_MS, longestMs: EVERY_MS },
    onFailure: (error) => {
      this.logger.warn(`old followers were not forgotten, and are tried again later: ${errorText(error)}`);
    },
  });

  constructor(
    private readonly lifecycle: DatabaseLifecycle,
    private readonly followers: FollowerRepository,
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

  /** @param now epoch milliseconds */
  async run(now = Date.now()): Promise<void> {
    await this.followers.forget(new Date(now - KEPT_MS));
  }
}
