// Which pushes may wait for the database, and for how long.
import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { DatabaseUnavailableError } from '../persistence/connections/unavailable.js';
import type { Delivery } from './delivery.js';

/** What a push costs beside its bytes: one of a single record takes the service as long as 13 records among many. */
const PUSH_COST_BYTES = 8192;

/**
 * The cost of what may always wait, however little was committed lately: after a rest, nothing was. On two busy cores it
 * is written in 150 ms.
 */
const LEAST_ROOM = 1024 * 1024;

/** Commits are counted in windows of this share of the deadline. */
const WINDOW = 0.4;

/** By so much more than was committed in a window may wait: else the room could never grow with the database's pace. */
const GROWTH = 1.25;

/** Without a push for so long, nobody waits for the writers. */
const QUIET_MS = 1000;

/**
 * A quarter or less of what waits under overload, so that nobody waits much longer for it.
 */
const JOURNAL_BESIDE_PUSHES = 256 * 1024;
/** What four writers take at once. */
const JOURNAL_WHEN_QUIET = 2 * 1024 * 1024;

/** The cost of writing a delivery, in bytes. */
export function costOf({ body }: Delivery): number {
  return body.length + PUSH_COST_BYTES;
}

/**
 * Tells when pushes come faster than the database takes them, before they have waited for it in vain.
 *
 * By Little's law a push waits for as long as the writers need for what is there before it. As much may wait as they have
 * committed in the last window, and a quarter more; so nobody waits for much longer than half of the deadline, whatever the
 * pace of the database is, and nothing has to be set. Pushes beyond it need the journal, which takes them at once.
 */
@Injectable()
export class AdmissionControl {
  private readonly logger = new Logger('Push');
  private readonly deadlineMs: number;
  private readonly windowMs: number;
  private waiting = 0;
  private windowStart = -Infinity;
  private committed = 0;
  private committedBefore = 0;
  private lastPushAt = -Infinity;

  constructor({ ackDeadlineMs }: Settings) {
    this.deadlineMs = ackDeadlineMs;
    this.windowMs = ackDeadlineMs * WINDOW;
  }

  /** Whether a push that has come now would probably be committed within the deadline. */
  admits(delivery: Delivery): boolean {
    this.lastPushAt = performance.now();
    this.turnWindow();
    const lately = GROWTH * Math.max(this.committed, this.committedBefore);
    const room = Math.max(LEAST_ROOM, lately);
    // The first one may be of any size: the pace could not be known without it.
    return this.waiting === 0 || this.waiting + costOf(delivery) <= room;
  }

  /**
   * Waits for the writing of a push, until the deadline at most. The work goes on after it: should it succeed, the journal's copy, or
   * the vendor's, changes nothing. Until it ends, the push counts among those that wait.
   *
   * @throws DatabaseUnavailableError at the deadline; whatever the writing throws before
   */
  async untilDeadline(delivery: Delivery, writing: Promise<void>): Promise<void> {
    this.count(delivery, writing);
    let timer: NodeJS.Timeout | undefined;
    // Not an abortable wait: the error of each abort was a fifteenth of the service's time at one record a push.
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.deadlineMs, 'late');
    });
    try {
      if ((await Promise.race([writing, late])) !== 'late') return;
      writing.catch((error: unknown) => {
        this.logger.warn({
          outcome: 'late write failed',
          deliveryId: delivery.id,
          reason: errorText(error),
        });
      });
      throw new DatabaseUnavailableError(new Error(`not committed within ${this.deadlineMs} ms`));
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * How much of the journal may be under way to the database, beside the pushes that it must not hold up.
   *
   * @returns cost in bytes
   */
  get roomForJournal(): number {
    const isQuiet = performance.now() - this.lastPushAt > QUIET_MS;
    return isQuiet ? JOURNAL_WHEN_QUIET : JOURNAL_BESIDE_PUSHES;
  }

  private count(delivery: Delivery, writing: Promise<void>): void {
    const cost = costOf(delivery);
    this.waiting += cost;
    const end = (committed: number) => {
      this.waiting -= cost;
      this.turnWindow();
      this.committed += committed;
    };
    writing.then(
      () => {
        end(cost);
      },
      // Whoever waits for it handles the failure.
      () => {
        end(0);
      },
    );
  }

  private turnWindow(): void {
    const now = performance.now();
    const windows = Math.floor((now - this.windowStart) / this.windowMs);
    if (windows < 1) return;
    this.committedBefore = windows === 1 ? this.committed : 0;
    this.committed = 0;
    this.windowStart = now;
  }
}

/** Failures in a row after which the database is no longer asked first. */
const FAILURES = 3;

/**
 * Remembers whether the database takes pushes. While it does not, they go to the journal at once instead of waiting for
 * the deadline; the drainer, which keeps trying to write the journal's oldest entries, is the probe that closes it.
 */
@Injectable()
export class CircuitBreaker {
  private failures = 0;

  get isOpen(): boolean {
    return this.failures >= FAILURES;
  }

  failed(): void {
    this.failures += 1;
  }

  succeeded(): void {
    this.failures = 0;
  }
}
