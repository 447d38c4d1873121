import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BackgroundLoop } from '../../background/background-loop.js';
import { errorText } from '../../errors.js';
import { AdmissionControl, costOf } from '../admission-control.js';
import type { Delivery } from '../delivery.js';
import { isTransient, Keeper } from '../keeper.js';
import { Journal, type JournalBatch } from './journal.js';
import { setImmediate as nextTurn } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** The failure is logged once, at this pause. So a database that is just starting causes no warning. */
const TOLD_AT_PAUSE_MS = 2000;
/** How often the drainer looks for entries. */
const LOOK_MS = 100;
/**
 * How often the drainer looks for entries of ended processes, and whether a journal that failed can be written again.
 */
const LOOK_AROUND_MS = 30_000;
/** After so many tries, an entry that the database refuses goes to the quarantine. */
const MOST_REFUSALS = 8;

/**
 * The cost of entries that are tried at once until the database has taken the first one of a batch. While it is
 * unavailable, no more is read and packed in vain.
 */
const FIRST_BYTES = 256 * 1024;

/** An entry that was written nowhere. */
interface FailedEntry {
  readonly delivery: Delivery;
  readonly cause: unknown;
}

/** Writes the journal's entries into the ledger, oldest first. */
@Injectable()
export class Drainer implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Journal');
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    backoff: { firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS, jitter: true },
    onFailure: (error, pauseMs) => {
      if (pauseMs === TOLD_AT_PAUSE_MS)
        this.logger.warn(`The journal cannot be drained yet: ${errorText(error)}`);
    },
  });
  private lookedAt = -Infinity;
  private refusals = 0;

  constructor(
    private readonly journal: Journal,
    private readonly keeper: Keeper,
    private readonly admission: AdmissionControl,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.journal.isOff) this.loop.start();
  }

  beforeApplicationShutdown(): void {
    this.loop.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    // Entries that are not committed by then stay in the journal.
    await this.loop.ended();
    await this.journal.close();
  }

  private async round(): Promise<number> {
    await this.lookAround();
    const batch = await this.journal.oldest();
    if (batch === undefined) return LOOK_MS;
    await this.drain(batch);
    return 0;
  }

  private async lookAround(): Promise<void> {
    if (Date.now() - this.lookedAt < LOOK_AROUND_MS) return;
    await this.journal.tryAgain();
    await this.journal.adopt();
    this.lookedAt = Date.now();
  }

  /**
   * Drains a batch. Its entries leave the journal only when all of them are committed. Writing one twice changes
   * nothing.
   */
  private async drain(batch: JournalBatch): Promise<void> {
    await this.settle(await this.write(batch.deliveries));
    await this.journal.remove(batch);
    this.refusals = 0;
    this.logger.log(`drained ${batch.deliveries.length} deliveries`);
  }

  /**
   * @returns the entries that were written nowhere, each with its own cause
   * @throws DatabaseUnavailableError or ThreadLostError, when the cause is transient; then the whole batch is tried
   *   again
   */
  private async write(deliveries: readonly Delivery[]): Promise<FailedEntry[]> {
    const failed: FailedEntry[] = [];
    let takes = false;
    let transient: Error | undefined;
    const window = new DrainWindow(() =>
      takes ? this.admission.roomForJournal : Math.min(FIRST_BYTES, this.admission.roomForJournal),
    );
    for (const delivery of deliveries) {
      await window.begin(delivery, async () => {
        const outcome = await this.keeper.write(delivery);
        if (!('nowhere' in outcome)) takes = true;
        else if (isTransient(outcome.nowhere.cause)) transient = outcome.nowhere.cause;
        else failed.push({ delivery, cause: outcome.nowhere.cause });
      });
      if (transient !== undefined) break;
    }
    await window.allToEnd();
    if (transient !== undefined) throw transient;
    return failed;
  }

  /**
   * Gives up entries that fail again and again while the database takes others, so that they do not block the rest.
   *
   * @throws the first cause, until the last of {@link MOST_REFUSALS} tries
   */
  private async settle(failed: readonly FailedEntry[]): Promise<void> {
    const [first] = failed;
    if (first === undefined) return;
    this.refusals += 1;
    if (this.refusals < MOST_REFUSALS) throw first.cause;
    for (const entry of failed) await this.giveUp(entry);
  }

  /** Puts an entry into the quarantine, or into a file of its own if that fails too. The entries after it go on. */
  private async giveUp({ delivery, cause }: FailedEntry): Promise<void> {
    const outcome = await this.keeper.giveUp(delivery, cause);
    if (!('nowhere' in outcome)) return;
    const { cause: second } = outcome.nowhere;
    if (isTransient(second)) throw second;
    const file = await this.journal.setAside(delivery);
    this.logger.error(
      `The delivery ${delivery.id} cannot be written, not even to the quarantine. It is kept as ${file} in the journal's folder: ${errorText(second)}`,
    );
  }
}

/** Limits how much of the journal is written to the database at once. */
class DrainWindow {
  private cost = 0;
  private count = 0;
  private wake: (() => void) | undefined;

  /** @param most returns the cost that may be in progress now, in bytes */
  constructor(private readonly most: () => number) {}

  /**
   * Starts the work on a delivery as soon as there is room for it. Then other work gets its turn, because reading a
   * push of 100 records takes a millisecond or two.
   *
   * @param work a promise that must not reject
   */
  async begin(delivery: Delivery, work: () => Promise<void>): Promise<void> {
    const cost = costOf(delivery);
    while (this.count > 0 && this.cost + cost > this.most()) await this.oneToEnd();
    this.cost += cost;
    this.count += 1;
    void work().then(() => {
      this.cost -= cost;
      this.count -= 1;
      this.wake?.();
    });
    await nextTurn();
  }

  /** Waits until all work has ended. */
  async allToEnd(): Promise<void> {
    while (this.count > 0) await this.oneToEnd();
  }

  private async oneToEnd(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
  }
}
