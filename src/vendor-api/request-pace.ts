import { setTimeout as wait } from 'node:timers/promises';

/** Spreads requests evenly over time, and holds them all back after the vendor has throttled one. */
export class RequestPace {
  /** When the next request may be sent, on the clock of `performance.now()`. */
  private nextMs = 0;

  constructor(private readonly requestsPerSecond: number) {}

  /** Waits for the next turn. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.nextMs);
    this.nextMs = at + 1000 / this.requestsPerSecond;
    if (at > now) await wait(at - now, undefined, { signal });
  }

  /** Lets no request begin its turn for some milliseconds. */
  hold(ms: number): void {
    this.nextMs = Math.max(this.nextMs, performance.now() + ms);
  }
}
