import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { BackgroundLoop } from '../../background/background-loop.js';
import { errorText } from '../../errors.js';
import { DatabaseLifecycle } from '../../persistence/connections/database-lifecycle.js';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import { firstIdOf } from '../../persistence/sql/ids.js';
import { SealedSecrets } from '../sealed-secrets.js';
import { ClaimRepository, type ClaimedWebhook } from './claim.repository.js';
import { KEY_ENDED, WebhookWorker } from './webhook-worker.js';

/**
 * How often to look for webhooks that have something to send: one look for all webhooks. It takes 0.2 ms, whether there
 * are none or 1,000 that have all.
 */
const LOOK_MS = 200;
/** How many webhooks a look takes. Other processes take others. */
const MOST_A_LOOK = 50;
/** Receivers that hang hold their place for 10 s. So there are many places. */
const MOST_AT_ONCE = 500;
/** Webhooks that are up to date get some 25 requests a second from a process, all of them together. */
const REST_A_WEBHOOK_MS = 40;
const SHORTEST_REST_MS = 300;
const RECENT_MS = 60_000;
const KEYS_EVERY_MS = 1000;
const FORGET_EVERY_MS = 3_600_000;
const FORGET_AT_ONCE = 10_000;
const ATTEMPTS_KEPT_MS = 7 * 86_400_000;
/** How long requests under way may take at a shutdown, before they are ended. */
const GRACE_MS = 1000;
const BACKOFF = { firstMs: 1000, longestMs: 10_000 };

/** Sends changes to webhooks. Any number of processes share the work. */
@Injectable()
export class WebhookSender
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('Webhooks');
  private readonly stopping = new AbortController();
  private readonly works = new Map<string, Promise<void>>();
  /** When this process last began to work on webhooks. */
  private readonly recent = new Map<string, number>();
  private keysAt = -Infinity;
  private forgottenAt = performance.now();
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    backoff: BACKOFF,
    onFailure: (error, pauseMs) => {
      if (pauseMs === BACKOFF.firstMs)
        this.logger.warn(`webhooks can not be sent at the moment: ${errorText(error)}`);
    },
  });

  constructor(
    private readonly lifecycle: DatabaseLifecycle,
    private readonly secrets: SealedSecrets,
    private readonly claims: ClaimRepository,
    private readonly worker: WebhookWorker,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.loop.stop();
    const all = Promise.allSettled(this.works.values());
    await Promise.race([all, wait(GRACE_MS, undefined, { ref: false })]);
    this.stopping.abort();
    // Released webhooks are taken over at once.
    await Promise.race([all, wait(GRACE_MS, undefined, { ref: false })]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  /** Looks at once, because a webhook was made or changed. */
  look(): void {
    this.loop.wake();
  }

  private async round(): Promise<number> {
    if (!this.lifecycle.migrated) return LOOK_MS;
    await this.pauseOrphans();
    await this.forgetAttempts();
    const fingerprint = this.secrets.fingerprint();
    const places = Math.min(MOST_A_LOOK, MOST_AT_ONCE - this.works.size);
    if (places <= 0) return LOOK_MS;
    const claimed = await this.claims.claim(fingerprint, [...this.works.keys()], places);
    for (const webhook of claimed) this.begin(webhook);
    return claimed.length === MOST_A_LOOK ? 0 : LOOK_MS;
  }

  /** The more webhooks have had something to do lately, the longer each waits for more, and sends it together. */
  private get restMs(): number {
    const since = performance.now() - RECENT_MS;
    for (const [id, at] of this.recent) if (at < since) this.recent.delete(id);
    return Math.max(SHORTEST_REST_MS, this.recent.size * REST_A_WEBHOOK_MS);
  }

  private begin(webhook: ClaimedWebhook): void {
    this.recent.set(webhook.id, performance.now());
    const work = this.worker
      .work(webhook, this.stopping.signal, this.restMs)
      .catch((error: unknown) => {
        // The loop reports that the database is away.
        if (error instanceof DatabaseUnavailableError) return;
        this.logger.error(`the webhook ${webhook.id} failed: ${errorText(error)}`);
      })
      .finally(() => this.works.delete(webhook.id));
    this.works.set(webhook.id, work);
  }

  private async pauseOrphans(): Promise<void> {
    if (performance.now() - this.keysAt < KEYS_EVERY_MS) return;
    this.keysAt = performance.now();
    await this.claims.pauseOrphans(KEY_ENDED);
  }

  private async forgetAttempts(): Promise<void> {
    if (performance.now() - this.forgottenAt < FORGET_EVERY_MS) return;
    this.forgottenAt = performance.now();
    await this.forget();
  }

  /**
   * Forgets old attempts.
   *
   * @param now epoch milliseconds
   */
  async forget(now = Date.now()): Promise<void> {
    const before = firstIdOf(now - ATTEMPTS_KEPT_MS);
    while ((await this.claims.forgetAttempts(before, FORGET_AT_ONCE)) === FORGET_AT_ONCE)
      await this.loop.rest(1000);
  }
}
