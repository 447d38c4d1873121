import { setTimeout as wait } from 'node:timers/promises';
import { Backoff, type BackoffOptions } from './backoff.js';

export interface LoopOptions {
  /**
   * One round. It must end soon after {@link BackgroundLoop.isStopping} is true.
   *
   * @returns milliseconds until the next one
   */
  readonly round: () => Promise<number>;
  /** Milliseconds until the first round. */
  readonly firstAfterMs?: number;
  /** The pauses after rounds that fail. */
  readonly backoff: BackoffOptions;
  /** @param pauseMs that the loop makes now, without jitter */
  readonly onFailure: (error: unknown, pauseMs: number) => void;
}

/** What is under way at a shutdown gets this long. A transaction that does not end in time is undone when its connection closes. */
const GRACE_MS = 2000;

/**
 * Work in the background, round after round, from {@link start} to {@link stop}. A round that fails is told, and tried again after a
 * pause that grows.
 */
export class BackgroundLoop {
  private readonly stopping = new AbortController();
  private readonly backoff: Backoff;
  private pause = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: LoopOptions) {
    this.backoff = new Backoff(options.backoff);
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.running = this.run();
  }

  /** Begins the next round at once, if the loop pauses. */
  wake(): void {
    this.pause.abort();
  }

  /** Lets no further round begin, and ends pauses. */
  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** Resolves when the round that is under way has ended, or when it takes too long. */
  async ended(): Promise<void> {
    await Promise.race([this.running, wait(GRACE_MS, undefined, { ref: false })]);
  }

  /** A pause within a round. It ends when the loop is stopped. */
  async rest(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    await this.rest(this.options.firstAfterMs ?? 0);
    while (!this.isStopping) {
      // Made before the round: who wakes the loop during a round has seen something that the round may not have seen.
      this.pause = new AbortController();
      const ms = await this.round();
      await wait(ms, undefined, { signal: this.pause.signal, ref: false }).catch(() => undefined);
    }
  }

  private async round(): Promise<number> {
    try {
      const ms = await this.options.round();
      this.backoff.succeeded();
      return ms;
    } catch (error) {
      this.options.onFailure(error, this.backoff.pauseMs);
      return this.backoff.failed();
    }
  }
}
