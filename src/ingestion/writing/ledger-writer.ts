// A group of read deliveries in, their calls in the ledger out: one transaction.
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../persistence/database.js';
import { inSpan, linksTo } from '../../tracing/spans.js';
import { Workers } from '../../workers/workers.js';
import type { Delivery, ReadDelivery, Reject } from '../delivery.js';
import { CallSettler, type SettledCalls } from './call-settler.js';
import { type CallState, firstState, recordKey } from './call-state.js';
import { CampaignRepository, type NamedCampaigns } from './campaign.repository.js';
import { type DeliveryCounts, DeliveryRepository, type WrittenDelivery } from './delivery.repository.js';
import { DriftRepository } from './drift.repository.js';
import { LanePool } from './lane-pool.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import { LateNumbers, UnexaminedError } from './late-numbers.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { RollupDeltas } from './rollup-deltas.js';
import { RollupRepository } from './rollup.repository.js';
import { CallVanishedError, isBare } from './settlement.js';
import type { ReadCall } from '../reading/record-reader.js';
import type { StoredBody } from './stored-body.js';
import { WritingMetrics } from './writing.metrics.js';

/** A delivery that is ready to be written. */
export interface PackedDelivery {
  readonly read: ReadDelivery;
  readonly body: StoredBody;
}

/** Some deliveries are in the ledger already: tries that were thought lost had gone through. */
class AlreadyWrittenError extends Error {
  constructor(readonly ids: ReadonlySet<string>) {
    super('some deliveries are in the ledger already');
  }
}

/** Something to be done in a transaction. It may be run again after a deadlock. */
export type TransactionStep = (transaction: Transaction) => Promise<void>;

/** Some records are of calls that were erased after the records had been received: they must change nothing. */
class ErasedRecordsError extends Error {
  constructor(readonly states: readonly CallState[]) {
    super('some records are of calls that have been erased since they were received');
  }
}

const MOST_ATTEMPTS = 5;
const NOTHING_COUNTED: DeliveryCounts = { records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0 };

@Injectable()
export class LedgerWriter {
  private readonly lanes = new LanePool();

  constructor(
    private readonly database: Database,
    private readonly calls: CallSettler,
    private readonly rollups: RollupRepository,
    private readonly campaigns: CampaignRepository,
    private readonly quarantine: QuarantineRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly drift: DriftRepository,
    private readonly erasures: LateErasureRepository,
    private readonly metrics: WritingMetrics,
    private readonly workers: Workers,
  ) {}

  /**
   * Writes deliveries: calls, corrections, rollups, tasks, batches, rejects, bodies and the deliveries themselves, or
   * nothing. A body that had come before is only noted. Writing the same delivery again changes nothing.
   *
   * @param first what else is to be done in the same transaction, before all of this
   * @throws DatabaseUnavailableError, or PostgreSQL's error when one of them can't be written
   */
  async write(group: readonly PackedDelivery[], first?: TransactionStep): Promise<void> {
    const lane = this.lanes.take();
    const links = linksTo(group.map(({ read }) => read.delivery));
    try {
      const options = { root: true, links, attributes: { 'call_ledger.deliveries': group.length } };
      await inSpan('write group', options, () => this.writeNew([...group].sort(byArrival), lane, first));
    } finally {
      this.lanes.giveBack(lane);
    }
  }

  /** Keeps a body that is refused. */
  async writeUnreadable(delivery: Delivery, reject: Reject): Promise<void> {
    const numbers = new LateNumbers(this.workers);
    for (;;) {
      try {
        await this.database.transaction(async (transaction) => {
          await this.quarantine.insertBody(transaction, delivery, reject);
          await this.erasures.noteLate(transaction, [delivery], numbers);
        });
        return;
      } catch (error) {
        if (!(error instanceof UnexaminedError)) throw error;
        await numbers.examine(error);
      }
    }
  }

  private async writeNew(
    group: readonly PackedDelivery[],
    lane: number,
    first?: TransactionStep,
  ): Promise<void> {
    const begin = performance.now();
    const erased = new Set<string>();
    const numbers = new LateNumbers(this.workers);
    let rest = group;
    for (let attempt = 1; rest.length > 0; attempt += 1) {
      try {
        const { campaigns, written } = await this.database.transaction(async (transaction) => {
          await first?.(transaction);
          return this.writeAll(transaction, rest, lane, erased, numbers);
        });
        this.campaigns.remember(campaigns);
        this.metrics.committed(written, (performance.now() - begin) / 1000);
        return;
      } catch (error) {
        if (error instanceof AlreadyWrittenError) {
          rest = rest.filter(({ read }) => !error.ids.has(read.delivery.id));
        } else if (error instanceof ErasedRecordsError) {
          for (const state of error.states) erased.add(recordKey(state));
        } else if (error instanceof UnexaminedError) {
          await numbers.examine(error);
          // Calls are deleted while corrections of them are under way: the next time they are inserted as new ones.
        } else if (!(error instanceof CallVanishedError && attempt < MOST_ATTEMPTS)) throw error;
      }
    }
  }

  /**
   * @param erased the records that must change nothing, by {@link recordKey}
   * @param numbers that were found in deliveries of before an erasure
   * @throws AlreadyWrittenError, ErasedRecordsError, UnexaminedError
   */
  private async writeAll(
    transaction: Transaction,
    group: readonly PackedDelivery[],
    lane: number,
    erased: ReadonlySet<string>,
    numbers: LateNumbers,
  ): Promise<{ campaigns: NamedCampaigns; written: readonly WrittenDelivery[] }> {
    const deliveries = group.map(({ read }) => read.delivery);
    // A replay brings a body again on purpose.
    const pushed = deliveries.filter(({ via }) => via !== 'replay');
    const sameBodies = await this.deliveries.findSameBodies(transaction, pushed);
    const states = group
      .flatMap(({ read }) => lastOfEach(read))
      .filter((state) => !erased.has(recordKey(state)));
    const campaigns = this.campaigns.unknownOf(states);
    await this.campaigns.insert(transaction, campaigns);
    const settled = await this.calls.settle(transaction, states);
    const deltas = new RollupDeltas();
    for (const state of settled.inserted) deltas.add(state);
    for (const { before, after } of settled.replaced) deltas.replace(before, after);
    await this.rollups.add(transaction, deltas.sorted(), lane);
    const redeliveries = await this.redeliveriesAmong(transaction, group, settled, sameBodies);
    const fresh = group.filter(({ read }) => !redeliveries.has(read.delivery.id));
    await this.keepAsTheyCame(transaction, fresh);
    await this.drift.add(
      transaction,
      fresh.map(({ read }) => read),
    );
    const written = group.map(({ read }) => {
      const redeliveryOf = redeliveries.get(read.delivery.id) ?? null;
      const counts = redeliveryOf === null ? countsOf(read, settled) : NOTHING_COUNTED;
      return { delivery: read.delivery, counts, redeliveryOf };
    });
    const inserted = await this.deliveries.insert(transaction, written);
    const known = deliveries.map(({ id }) => id).filter((id) => !inserted.ids.has(id));
    if (known.length > 0) throw new AlreadyWrittenError(new Set(known));
    const late = deliveries.filter(({ id }) => inserted.late.has(id));
    if (late.length > 0) {
      await this.refuseErased(
        transaction,
        states.filter(({ deliveryId }) => inserted.late.has(deliveryId)),
      );
      await this.erasures.noteLate(transaction, late, numbers);
    }
    return { campaigns, written };
  }

  /**
   * The deliveries that brought nothing but what the ledger holds, in a body that it has from the hour before.
   *
   * @param sameBodies the delivery that brought the same body, by delivery
   */
  private async redeliveriesAmong(
    transaction: Transaction,
    group: readonly PackedDelivery[],
    settled: SettledCalls,
    sameBodies: ReadonlyMap<string, string>,
  ): Promise<Map<string, string>> {
    const redeliveries = new Map<string, string>();
    const withRejects = new Set<string>();
    for (const { read } of group) {
      const { id } = read.delivery;
      const original = sameBodies.get(id);
      if (original === undefined || settled.stored.has(id) || settled.corrected.has(id)) continue;
      redeliveries.set(id, original);
      if (read.rejects.length > 0) withRejects.add(original);
    }
    if (withRejects.size === 0) return redeliveries;
    const discarded = await this.quarantine.discardedOf(transaction, [...withRejects]);
    return new Map([...redeliveries].filter(([, original]) => !discarded.has(original)));
  }

  /**
   * After the deliveries are inserted, because only then is every erasure seen that may have deleted one of these calls.
   *
   * @param states of deliveries that were received before some erasure
   * @throws ErasedRecordsError
   */
  private async refuseErased(transaction: Transaction, states: readonly CallState[]): Promise<void> {
    const gone = await this.erasures.erasedSince(transaction, states);
    const refused = states.filter((state) => gone.has(recordKey(state)));
    if (refused.length > 0) throw new ErasedRecordsError(refused);
  }

  private async keepAsTheyCame(transaction: Transaction, group: readonly PackedDelivery[]): Promise<void> {
    for (const { read } of group) {
      if (read.rejects.length > 0)
        await this.quarantine.insertRecords(transaction, read.delivery, read.rejects);
    }
    if (group.length === 0) return;
    await this.deliveries.insertBodies(
      transaction,
      group.map(({ read, body }) => ({ delivery: read.delivery, body })),
    );
  }
}

function byArrival(a: PackedDelivery, b: PackedDelivery): number {
  const [first, second] = [a.read.delivery, b.read.delivery];
  return first.receivedAt - second.receivedAt || (first.id < second.id ? -1 : 1);
}

/** Of the same call twice in one delivery, the last one stands: a bare one only if there is no other. */
function lastOfEach({ calls, delivery }: ReadDelivery): CallState[] {
  const last = new Map<string, ReadCall>();
  for (const call of calls) {
    const { callId } = call.record;
    const before = last.get(callId);
    if (before === undefined || !isBare(call) || isBare(before)) last.set(callId, call);
  }
  return [...last.values()].map((call) => firstState(call, delivery));
}

function countsOf(
  read: ReadDelivery,
  { stored: storedBy, corrected: correctedBy }: SettledCalls,
): DeliveryCounts {
  const stored = storedBy.get(read.delivery.id) ?? 0;
  const corrected = correctedBy.get(read.delivery.id) ?? 0;
  const duplicate = read.calls.length - stored - corrected;
  return { records: read.records, stored, corrected, duplicate, quarantined: read.rejectedRecords };
}
