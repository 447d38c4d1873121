// A read delivery in, its calls in the ledger out: one transaction.
import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../../persistence/database.js';
import { type CallState, firstState } from './call-state.js';
import { CallRepository } from './call.repository.js';
import { CampaignRepository } from './campaign.repository.js';
import { type RecordOutcome, type Settlement, settle } from './corrections.js';
import type { Delivery, ReadDelivery, Reject } from '../delivery.js';
import { type DeliveryCounts, DeliveryRepository } from './delivery.repository.js';
import { LanePool } from './lane-pool.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { RollupDeltas } from './rollup-deltas.js';
import { RollupRepository } from './rollup.repository.js';
import { packBody, type StoredBody } from './stored-body.js';

/** The delivery is in the ledger already: a try that was thought lost had gone through. */
class AlreadyWrittenError extends Error {}

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
  ) {}

  /**
   * Writes a delivery: calls, corrections, rollups, tasks, batches, rejects, body and the delivery itself, or
   * nothing. Writing the same delivery again changes nothing.
   *
   * @throws DatabaseUnavailableError, or PostgreSQL's error when the delivery can't be written
   */
  async write(read: ReadDelivery): Promise<void> {
    const body = await packBody(read.delivery.body);
    const lane = this.lanes.take();
    try {
      const campaigns = await this.database.transaction((transaction) =>
        this.writeAll(transaction, read, body, lane),
      );
      this.campaigns.remember(campaigns);
    } catch (error) {
      if (!(error instanceof AlreadyWrittenError)) throw error;
    } finally {
      this.lanes.giveBack(lane);
    }
  }

  /** Notes a delivery whose body had come before; nothing of it is written again. */
  async writeRedelivery(delivery: Delivery, redeliveryOf: string): Promise<void> {
    const counts = { records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0 };
    await this.database.transaction((transaction) =>
      this.deliveries.insert(transaction, { delivery, counts, redeliveryOf }),
    );
  }

  /** Keeps a body that is refused. */
  async writeUnreadable(delivery: Delivery, reject: Reject): Promise<void> {
    await this.database.transaction((transaction) =>
      this.quarantine.insertBody(transaction, delivery, reject),
    );
  }

  private async writeAll(transaction: Transaction, read: ReadDelivery, body: StoredBody, lane: number) {
    const { delivery, rejects } = read;
    const states = lastOfEach(read.calls.map((call) => firstState(call, delivery)));
    const campaigns = this.campaigns.unknownOf(states);
    await this.campaigns.insert(transaction, campaigns);
    const inserted = await this.calls.insertNew(transaction, states);
    const settlement = await this.settleKnown(
      transaction,
      states.filter((state) => !inserted.has(state.record.callId)),
    );
    const deltas = new RollupDeltas();
    for (const state of states) if (inserted.has(state.record.callId)) deltas.add(state);
    for (const { before, after } of settlement.replaced) deltas.replace(before, after);
    await this.rollups.add(transaction, deltas.sorted(), lane);
    if (rejects.length > 0) await this.quarantine.insertRecords(transaction, delivery, rejects);
    await this.deliveries.insertBody(transaction, delivery, body);
    const counts = countsOf(read, inserted.size, settlement.outcomes);
    if (!(await this.deliveries.insert(transaction, { delivery, counts, redeliveryOf: null }))) {
      throw new AlreadyWrittenError();
    }
    return campaigns;
  }

  private async settleKnown(transaction: Transaction, states: readonly CallState[]): Promise<Settlement> {
    if (states.length === 0) return NOTHING_SETTLED;
    const hashes = await this.calls.contentHashes(transaction, callIds(states));
    const changed = states.filter(
      ({ record, contentHash }) => hashes.get(record.callId)?.equals(contentHash) !== true,
    );
    if (changed.length === 0) return NOTHING_SETTLED;
    await this.calls.lock(transaction, callIds(changed));
    // Only now: what another writer committed while this one waited for the lock must be seen.
    const stored = await this.calls.states(transaction, callIds(changed));
    const settlement = settle(stored, changed);
    await this.calls.insertPast(transaction, settlement.past);
    await this.calls.replace(
      transaction,
      settlement.replaced.map(({ after }) => after),
    );
    return settlement;
  }
}

/** Of the same call twice in one delivery, the last one stands. Sorted by callId: the order of locks. */
function lastOfEach(states: readonly CallState[]): CallState[] {
  const byCallId = new Map(states.map((state) => [state.record.callId, state]));
  return [...byCallId.values()].sort((a, b) => (a.record.callId < b.record.callId ? -1 : 1));
}

function callIds(states: readonly CallState[]): string[] {
  return states.map((state) => state.record.callId);
}

function countsOf(read: ReadDelivery, stored: number, outcomes: readonly RecordOutcome[]): DeliveryCounts {
  const corrected = outcomes.filter((outcome) => outcome === 'corrected').length;
  return {
    records: read.records,
    stored,
    corrected,
    duplicate: read.calls.length - stored - corrected,
    quarantined: read.rejectedRecords,
  };
}
