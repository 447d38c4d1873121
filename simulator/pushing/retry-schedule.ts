import type { Push } from './push.js';

/** The vendor's rule: three more times, 1, 5 and 10 minutes after the failure before. */
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
 * Holds failed pushes until they are due. Pushes that have failed equally often wait equally long, so there is one queue for each number
 * of attempts.
 */
export class RetrySchedule {
  private readonly queues: Waiting[][];
  private waiting = 0;

  /** `timeScale` shortens the waits: 0.01 makes a minute 600 ms. */
  constructor(
    maxRetries: number,
    private readonly timeScale: number,
  ) {
    this.queues = Array.from({ length: maxRetries }, () => []);
  }

  get size(): number {
    return this.waiting;
  }

  /** Takes a push that has failed once more; false when it has no retry left. `nowMs` is on any steady clock. */
  add(trial: Trial, nowMs: number): boolean {
    const queue = this.queues[trial.attempts - 1];
    if (queue === undefined) return false;
    queue.push({ trial, dueMs: nowMs + waitMs(trial.attempts) * this.timeScale });
    this.waiting += 1;
    return true;
  }

  /** Removes the push that is longest overdue, if any is due, and returns it. */
  takeDue(nowMs: number): Trial | undefined {
    const queue = this.earliest();
    const first = queue?.[0];
    if (first === undefined || first.dueMs > nowMs) return undefined;
    queue?.shift();
    this.waiting -= 1;
    return first.trial;
  }

  /** When the next one is due; undefined when none waits. */
  get nextDueMs(): number | undefined {
    return this.earliest()?.[0]?.dueMs;
  }

  /** Removes all that still wait, due or not, and returns them. */
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

/** Milliseconds to wait after that many failed attempts; further attempts wait as long as the last one. */
export function waitMs(attempts: number): number {
  return WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1] ?? WAITS_MS[0];
}
