import type { Push } from './push.js';

/** The vendor's rule: three retries, 1, 5 and 10 minutes after the previous failure. */
const WAITS_MS = [60_000, 300_000, 600_000] as const;

/** A push and how often it has been tried. */
export interface Trial {
  readonly push: Push;
  readonly attempts: number;
}

interface Waiting {
  readonly trial: Trial;
  readonly dueMs: number;
}

/**
 * Holds failed pushes until they are due. Pushes that have failed equally often wait equally long, so there is one
 * queue for each number of attempts.
 */
export class RetrySchedule {
  private readonly queues: Waiting[][];
  private waiting = 0;

  /** @param timeScale shortens the waits: with 0.01, a minute becomes 600 ms */
  constructor(
    maxRetries: number,
    private readonly timeScale: number,
  ) {
    this.queues = Array.from({ length: maxRetries }, () => []);
  }

  get size(): number {
    return this.waiting;
  }

  /** Takes a push that has failed again. Returns false if it has no retry left. `nowMs` is on any steady clock. */
  add(trial: Trial, nowMs: number): boolean {
    const queue = this.queues[trial.attempts - 1];
    if (queue === undefined) return false;
    queue.push({ trial, dueMs: nowMs + waitMs(trial.attempts) * this.timeScale });
    this.waiting += 1;
    return true;
  }

  /** Removes and returns the push that has been due for the longest time, if any is due. */
  takeDue(nowMs: number): Trial | undefined {
    const queue = this.earliest();
    const first = queue?.[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    queue?.shift();
    this.waiting -= 1;
    return first.trial;
  }

  /** The time when the next one is due; undefined if none waits. */
  get nextDueMs(): number | undefined {
    return this.earliest()?.[0]?.dueMs;
  }

  /** Removes and returns all that still wait, due or not. */
  takeAll(): Trial[] {
    this.waiting = 0;
    return this.queues.flatMap((queue) => queue.splice(0)).map(({ trial }) => trial);
  }

  private earliest(): Waiting[] | undefined {
    let earliest: Waiting[] | undefined;
    for (const queue of this.queues) {
      const due = queue[0]?.dueMs ?? Infinity;
      if (due < (earliest?.[0]?.dueMs ?? Infinity)) earliest = queue;
    }
    return earliest;
  }
}

/**
 * Returns the milliseconds to wait after that many failed attempts. Further attempts wait as long as the last one.
 */
export function waitMs(attempts: number): number {
  return WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1] ?? WAITS_MS[0];
}
