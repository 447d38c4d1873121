// A group of read deliveries in, their calls in the ledger out: one transaction.
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../persistence/database.js';
import { inSpan, linksTo } from '../../tracing/spans.js';
import type { Delivery, ReadDelivery, Reject } from '../delivery.js';
import { type CallState, firstState } from './call-state.js';
import { CallRepository } from './call.repository.js';
import { CampaignRepository, type NamedCampaigns } from './campaign.repository.js';
import { CallVanishedError, settle, type Settlement } from './corrections.js';
import { type DeliveryCounts, DeliveryRepository, type WrittenDelivery } from './delivery.repository.js';
import { DriftRepository } from './drift.repository.js';
import { LanePool } from './lane-pool.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { RollupDeltas } from './rollup-deltas.js';
import { RollupRepository } from './rollup.repository.js';
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

interface SettledCalls {
  readonly inserted: readonly CallState[];
  readonly settlement: Settlement;
  /** Deliveries' records that brought other content for a known call, by delivery. */
  readonly corrected: ReadonlyMap<string, number>;
}

const MOST_ATTEMPTS = 5;
const NOTHING_COUNTED: DeliveryCounts = { records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0 };
const NOTHING_SETTLED: Settlement = { replaced: [], past: [], outcomes: [] };

@Injectable()
export class LedgerWriter {
  private readonly lanes = new LanePool();

  constructor(
    private readonly database: Database,
    private readonly calls: CallRepository,
    private readonly rollups: RollupRepository,
    private readonly campaigns: CampaignRepository,
    private readonly quarantine: QuarantineRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly drift: DriftRepository,
    private readonly erasures: LateErasureRepository,
    private readonly metrics: WritingMetrics,
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
    await this.database.transaction(async (transaction) => {
      await this.quarantine.insertBody(transaction, delivery, reject);
      await this.erasures.noteLate(transaction, [delivery]);
    });
  }

  private async writeNew(
    group: readonly PackedDelivery[],
    lane: number,
    first?: TransactionStep,
    attempt = 1,
  ): Promise<void> {
    const begin = performance.now();
    try {
      const { campaigns, written } = await this.database.transaction(async (transaction) => {
        await first?.(transaction);
        return this.writeAll(transaction, group, lane);
      });
      this.campaigns.remember(campaigns);
      this.metrics.committed(written, (performance.now() - begin) / 1000);
    } catch (error) {
      // Calls are deleted while corrections of them are under way: the next time they are inserted as new ones.
      if (error instanceof CallVanishedError && attempt < MOST_ATTEMPTS)
        return this.writeNew(group, lane, first, attempt + 1);
      if (!(error instanceof AlreadyWrittenError)) throw error;
      const rest = group.filter(({ read }) => !error.ids.has(read.delivery.id));
      if (rest.length > 0) await this.writeNew(rest, lane, first);
    }
  }

  private async writeAll(
    transaction: Transaction,
    group: readonly PackedDelivery[],
    lane: number,
  ): Promise<{ campaigns: NamedCampaigns; written: readonly WrittenDelivery[] }> {
    const deliveries = group.map(({ read }) => read.delivery);
    // A replay brings a body again on purpose.
    const pushed = deliveries.filter(({ via }) => via !== 'replay');
    const redeliveries = await this.deliveries.findRedeliveries(transaction, pushed);
    const fresh = group.filter(({ read }) => !redeliveries.has(read.delivery.id));
    const states = fresh.flatMap(({ read }) => lastOfEach(read));
    const campaigns = this.campaigns.unknownOf(states);
    await this.campaigns.insert(transaction, campaigns);
    const settled = await this.settleCalls(transaction, states);
    const deltas = new RollupDeltas();
    for (const state of settled.inserted) deltas.add(state);
    for (const { before, after } of settled.settlement.replaced) deltas.replace(before, after);
    await this.rollups.add(transaction, deltas.sorted(), lane);
    await this.keepAsTheyCame(transaction, fresh);
    await this.drift.add(
      transaction,
      fresh.map(({ read }) => read),
    );
    const countsOf = deliveryCounts(settled);
    const written = group.map(({ read }) => {
      const redeliveryOf = redeliveries.get(read.delivery.id) ?? null;
      const counts = redeliveryOf === null ? countsOf(read) : NOTHING_COUNTED;
      return { delivery: read.delivery, counts, redeliveryOf };
    });
    const inserted = await this.deliveries.insert(transaction, written);
    const known = deliveries.map(({ id }) => id).filter((id) => !inserted.ids.has(id));
    if (known.length > 0) throw new AlreadyWrittenError(new Set(known));
    const late = deliveries.filter(({ id }) => inserted.late.has(id));
    if (late.length > 0) await this.erasures.noteLate(transaction, late);
    return { campaigns, written };
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

  /** @param states of all deliveries, oldest first; a call at most once for each delivery */
  private async settleCalls(transaction: Transaction, states: readonly CallState[]): Promise<SettledCalls> {
    const firsts = new Map<string, CallState>();
    for (const state of states) if (!firsts.has(state.record.callId)) firsts.set(state.record.callId, state);
    if (states.length === 0) return { inserted: [], settlement: NOTHING_SETTLED, corrected: new Map() };
    const ids = await this.calls.insertNew(transaction, [...firsts.values()].sort(byCallId));
    const inserted = [...firsts.values()].filter((state) => ids.has(state.record.callId));
    if (inserted.length === states.length)
      return { inserted, settlement: NOTHING_SETTLED, corrected: new Map() };
    const isInserted = new Set(inserted);
    const known = states.filter((state) => !isInserted.has(state));
    const changed = await this.withoutDuplicates(transaction, known);
    if (changed.length === 0) return { inserted, settlement: NOTHING_SETTLED, corrected: new Map() };
    const settlement = await this.correct(transaction, changed);
    const corrected = changed.filter((_state, index) => settlement.outcomes[index] === 'corrected');
    return { inserted, settlement, corrected: countByDelivery(corrected) };
  }

  /** Without the records of calls for which nothing but the known content has come. */
  private async withoutDuplicates(
    transaction: Transaction,
    states: readonly CallState[],
  ): Promise<CallState[]> {
    if (states.length === 0) return [];
    const hashes = await this.calls.contentHashes(transaction, callIds(states));
    const changed = new Set(
      callIds(states.filter(({ record, contentHash }) => hashes.get(record.callId) !== contentHash)),
    );
    return states.filter(({ record }) => changed.has(record.callId));
  }

  private async correct(transaction: Transaction, states: readonly CallState[]): Promise<Settlement> {
    await this.calls.lock(transaction, callIds(states));
    // Only now: what another writer committed while this one waited for the lock must be seen.
    const stored = await this.calls.states(transaction, callIds(states));
    const settlement = settle(stored, states);
    await this.calls.insertPast(transaction, settlement.past);
    await this.calls.replace(
      transaction,
      settlement.replaced.map(({ after }) => after),
    );
    return settlement;
  }
}

function byArrival(a: PackedDelivery, b: PackedDelivery): number {
  const [first, second] = [a.read.delivery, b.read.delivery];
  return first.receivedAt - second.receivedAt || (first.id < second.id ? -1 : 1);
}

/** The order in which rows of calls are inserted, by every writer alike. */
function byCallId(a: CallState, b: CallState): number {
  return a.record.callId < b.record.callId ? -1 : 1;
}

/** Of the same call twice in one delivery, the last one stands. */
function lastOfEach({ calls, delivery }: ReadDelivery): CallState[] {
  const states = new Map<string, CallState>();
  for (const call of calls) states.set(call.record.callId, firstState(call, delivery));
  return [...states.values()];
}

function callIds(states: readonly CallState[]): string[] {
  return states.map((state) => state.record.callId);
}

function countByDelivery(states: readonly CallState[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { deliveryId } of states) counts.set(deliveryId, (counts.get(deliveryId) ?? 0) + 1);
  return counts;
}

function deliveryCounts({
  inserted,
  corrected: correctedBy,
}: SettledCalls): (read: ReadDelivery) => DeliveryCounts {
  const storedBy = countByDelivery(inserted);
  return (read) => {
    const stored = storedBy.get(read.delivery.id) ?? 0;
    const corrected = correctedBy.get(read.delivery.id) ?? 0;
    const duplicate = read.calls.length - stored - corrected;
    return { records: read.records, stored, corrected, duplicate, quarantined: read.rejectedRecords };
  };
}
