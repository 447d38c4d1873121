import { Injectable } from '@nestjs/common';
import { NOTHING } from '../../persistence/connections/clients.js';
import { Database } from '../../persistence/connections/database.js';
import type { ReadThenWrite } from '../../persistence/connections/query-server.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { DatabaseUnavailableError, isRetryable } from '../../persistence/connections/unavailable.js';
import { InSpan, linksTo } from '../../tracing/spans.js';
import { Workers } from '../../workers/workers.js';
import type { Delivery, Reject } from '../delivery.js';
import { recordKey } from './call-state.js';
import { CampaignRepository } from './campaign.repository.js';
import { type PackedDelivery, recordsOf } from './group-records.js';
import { LateNumbers, UnexaminedError } from './late-numbers.js';
import { AlreadyWrittenError, ErasedRecordsError, LedgerWriter, type WrittenGroup } from './ledger-writer.js';
import { UnseenMessageError } from './rollup-settler.js';
import { CallVanishedError } from './settlement.js';
import { WritingMetrics } from './writing.metrics.js';

/** After so many conflicts with other transactions, the conflict is an error of the group. */
const MOST_CONFLICTS = 5;

/** Further work in the transaction that writes these deliveries. It may run several times. */
export type TransactionStep<Packed> = (transaction: Transaction, group: readonly Packed[]) => Promise<void>;

/**
 * Writes deliveries and retries as needed. No other code retries these writes. docs/architecture.md lists what is tried
 * again, and how often.
 */
@Injectable()
export class Attempts {
  private readonly lanes = new LanePool();

  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerWriter,
    private readonly campaigns: CampaignRepository,
    private readonly workers: Workers,
    private readonly metrics: WritingMetrics,
  ) {}

  /**
   * Writes deliveries together. If a group fails, each delivery is tried alone, so that a delivery that cannot be
   * written does not affect the others. This stops when the database becomes unavailable.
   *
   * @param first work in the same transaction, before the deliveries are written
   * @returns an error for each delivery that is not committed: DatabaseUnavailableError, or why this delivery cannot be
   *   written
   */
  async write<Packed extends PackedDelivery>(
    group: readonly Packed[],
    first?: TransactionStep<Packed>,
  ): Promise<ReadonlyMap<Packed, unknown>> {
    try {
      await this.writeTogether(group, first);
      return new Map();
    } catch (error) {
      if (group.length > 1 && !(error instanceof DatabaseUnavailableError))
        return this.writeEach(group, first);
      return new Map(group.map((delivery) => [delivery, error]));
    }
  }

  /**
   * Keeps a refused body in the quarantine.
   *
   * @throws DatabaseUnavailableError, or PostgreSQL's error when the body cannot be written
   */
  async quarantine(delivery: Delivery, reject: Reject): Promise<void> {
    const numbers = new LateNumbers(this.workers);
    await this.commit(numbers, () => ({
      lookUp: NOTHING,
      work: (transaction) => this.ledger.writeUnreadable(transaction, delivery, reject, numbers),
    }));
  }

  private async writeEach<Packed extends PackedDelivery>(
    group: readonly Packed[],
    first?: TransactionStep<Packed>,
  ): Promise<ReadonlyMap<Packed, unknown>> {
    const failures = new Map<Packed, unknown>();
    let away: DatabaseUnavailableError | undefined;
    for (const delivery of group) {
      if (away !== undefined) failures.set(delivery, away);
      else {
        const error = (await this.write([delivery], first)).get(delivery);
        if (error !== undefined) failures.set(delivery, error);
        if (error instanceof DatabaseUnavailableError) away = error;
      }
    }
    return failures;
  }

  @InSpan('write group', (group: readonly PackedDelivery[]) => ({
    root: true,
    links: linksTo(group.map(({ read }) => read.delivery)),
    attributes: { 'call_ledger.deliveries': group.length },
  }))
  private async writeTogether<Packed extends PackedDelivery>(
    group: readonly Packed[],
    first?: TransactionStep<Packed>,
  ): Promise<void> {
    const begin = performance.now();
    const lane = this.lanes.take();
    try {
      const written = await this.writeNew(group, lane, first);
      if (written === undefined) return;
      this.campaigns.remember(written.campaigns);
      this.metrics.committed(written.deliveries, (performance.now() - begin) / 1000);
    } finally {
      this.lanes.giveBack(lane);
    }
  }

  /**
   * @returns undefined when all deliveries were in the ledger already, because earlier tries had been committed after
   *   all
   */
  private async writeNew<Packed extends PackedDelivery>(
    group: readonly Packed[],
    lane: number,
    first?: TransactionStep<Packed>,
  ): Promise<WrittenGroup | undefined> {
    const numbers = new LateNumbers(this.workers);
    const erased = new Set<string>();
    let rest = group;
    while (rest.length > 0) {
      try {
        const records = recordsOf(rest, erased);
        return await this.commit(numbers, (isAgain) => ({
          lookUp: (reader) => this.ledger.lookUp(reader, records, isAgain),
          work: async (transaction, found) => {
            await first?.(transaction, rest);
            return this.ledger.write(transaction, records, found, { lane, numbers });
          },
        }));
      } catch (error) {
        if (error instanceof AlreadyWrittenError)
          rest = rest.filter(({ read }) => !error.ids.has(read.delivery.id));
        else if (error instanceof ErasedRecordsError)
          for (const state of error.states) erased.add(recordKey(state));
        else throw error;
      }
    }
    return undefined;
  }

  /**
   * Runs a transaction until it is committed. It runs again after a conflict, and after a search for numbers that it
   * needs.
   *
   * @param workOf makes the work; its parameter says whether it runs again after a conflict
   */
  private async commit<Found, T>(
    numbers: LateNumbers,
    workOf: (isAgain: boolean) => ReadThenWrite<Found, T>,
  ): Promise<T> {
    for (let conflicts = 0; ;) {
      try {
        return await this.database.transactionOnce(workOf(conflicts > 0));
      } catch (error) {
        if (error instanceof UnexaminedError) await numbers.examine(error);
        else if (isConflict(error) && conflicts < MOST_CONFLICTS - 1) conflicts += 1;
        else throw error;
      }
    }
  }
}

/**
 * Whether an error is a deadlock, a serialization failure, a message that another transaction has committed meanwhile,
 * or a call that was deleted while it was being corrected. In the last case, the next try inserts it as a new call.
 */
function isConflict(error: unknown): boolean {
  return isRetryable(error) || error instanceof CallVanishedError || error instanceof UnseenMessageError;
}

/** How many writers may add to the same rollups at once without waiting for each other. */
const LANES = 16;

/**
 * Gives each writer of this process a lane of the rollups. It gives the lowest free lane, so that a service with few
 * pushes has few rows. The count begins at a random lane, so that two processes rarely use the same one.
 */
class LanePool {
  private readonly first = Math.floor(Math.random() * LANES);
  private readonly users = new Array<number>(LANES).fill(0);

  /** Returns a free lane, or the one with the fewest writers. */
  take(): number {
    const slot = this.users.indexOf(Math.min(...this.users));
    this.users[slot] = (this.users[slot] ?? 0) + 1;
    return (this.first + slot) % LANES;
  }

  giveBack(lane: number): void {
    const slot = (lane - this.first + LANES) % LANES;
    this.users[slot] = (this.users[slot] ?? 0) - 1;
  }
}
