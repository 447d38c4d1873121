import { setTimeout as wait } from 'node:timers/promises';
import { Backoff, type BackoffOptions } from './backoff.js';

/** What a loop does, and when. */
export interface LoopOptions {
  /**
   * Does one round of the work. It must end soon after {@link BackgroundLoop.isStopping} becomes true.
   *
   * @returns milliseconds until the next round
   */
  readonly round: () => Promise<number>;
  /** Milliseconds until the first round. */
  readonly firstAfterMs?: number;
  /** How long the loop pauses after rounds that fail. */
  readonly backoff: BackoffOptions;
  /**
   * Reports a round that failed.
   *
   * @param pauseMs milliseconds until the next round, without jitter
   */
  readonly onFailure: (error: unknown, pauseMs: number) => void;
}

/**
 * How long a running round may take at a shutdown. PostgreSQL rolls back a transaction that is open when its connection
 * closes.
 */
const GRACE_MS = 2000;

/**
 * Repeats background work from {@link start} to {@link stop}. A round that fails is reported and tried again after a
 * pause. The pause grows with each failure.
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

  /** Starts the loop. It does not wait for the first round. */
  start(): void {
    this.running = this.run();
  }

  /** Ends the current pause, so that the next round begins at once. */
  wake(): void {
    this.pause.abort();
  }

  /** Prevents further rounds and ends the current pause. */
  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** Resolves when the running round has ended, at the latest after {@link GRACE_MS}. */
  async ended(): Promise<void> {
    await Promise.race([this.running, wait(GRACE_MS, undefined, { ref: false })]);
  }

  /** Pauses within a round. The pause ends early when the loop is stopped. */
  async rest(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private async run(): Promise<void> {
    await this.rest(this.options.firstAfterMs ?? 0);
    while (!this.isStopping) {
      // Created before the round, so that wake() also works during the round. The round may have missed the reason for
      // that call.
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
