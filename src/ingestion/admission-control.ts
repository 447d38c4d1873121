import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { DatabaseUnavailableError } from '../persistence/connections/unavailable.js';
import type { Delivery } from './delivery.js';

/**
 * The cost of a push in addition to its bytes. A push of one record takes the service as long as 13 records in a large
 * push.
 */
const PUSH_COST_BYTES = 8192;

/**
 * The cost, in bytes, that may always wait, even if little was committed lately: after a quiet time, nothing was. Two
 * busy cores write it in 150 ms.
 */
const LEAST_ROOM = 1024 * 1024;

/** The length of the window in which commits are counted, as a share of the deadline. */
const WINDOW = 0.4;

/**
 * How much may wait, as a multiple of what was committed in a window. With 1, the room could never grow when the
 * database gets faster.
 */
const GROWTH = 1.25;

/** After so long without a push, no push waits for the writers. */
const QUIET_MS = 1000;

/**
 * The cost of journal entries that may be written at once beside pushes. It is at most a quarter of what waits under
 * overload, so that pushes do not wait much longer.
 */
const JOURNAL_BESIDE_PUSHES = 256 * 1024;
/** The cost of journal entries that may be written at once when no pushes come: as much as four writers take. */
const JOURNAL_WHEN_QUIET = 2 * 1024 * 1024;

/** The cost of writing a delivery, in bytes. */
export function costOf({ body }: Delivery): number {
  return body.length + PUSH_COST_BYTES;
}

/**
 * Decides whether a push may wait for the database. It notices when pushes come faster than the database takes them,
 * before they wait in vain.
 *
 * By Little's law, a push waits for as long as the writers need for everything before it. The amount that may wait is
 * what they committed in the last window plus a quarter. So no push waits much longer than half of the deadline,
 * whatever the speed of the database, and there is nothing to configure. Further pushes go to the journal, which takes
 * them at once.
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

  /** Whether a push that arrives now will probably be committed within the deadline. */
  admits(delivery: Delivery): boolean {
    this.lastPushAt = performance.now();
    this.turnWindow();
    const lately = GROWTH * Math.max(this.committed, this.committedBefore);
    const room = Math.max(LEAST_ROOM, lately);
    // The first push may have any size: without it, the speed of the database would stay unknown.
    return this.waiting === 0 || this.waiting + costOf(delivery) <= room;
  }

  /**
   * Waits until a push is written, but only until the deadline. The write goes on afterwards. If it then succeeds, the
   * copy in the journal or the vendor's retry changes nothing. The push counts as waiting until the write ends.
   *
   * @throws DatabaseUnavailableError at the deadline; before it, the error of the write
   */
  async untilDeadline(delivery: Delivery, writing: Promise<void>): Promise<void> {
    this.count(delivery, writing);
    let timer: NodeJS.Timeout | undefined;
    // This is not an abortable wait: with one record per push, creating the abort errors took a fifteenth of the
    // service's time.
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
   * How much of the journal may be written to the database at once without delaying pushes.
   *
   * @returns a cost in bytes
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
      // The caller that waits for the write handles the failure.
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
