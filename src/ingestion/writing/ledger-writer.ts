// A group of read deliveries in, their calls in the ledger out: within one transaction.
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { Delivery, Reject } from '../delivery.js';
import type { ReadCall } from '../reading/record-reader.js';
import type { ReadDelivery } from '../reading/records-of-body.js';
import { CallSettler, type SettledCalls } from './call-settler.js';
import { type CallState, firstState, recordKey } from './call-state.js';
import type { NamedCampaigns } from './campaign.repository.js';
import {
  type DeliveryCounts,
  DeliveryWriteRepository,
  type WrittenDelivery,
} from './delivery-write.repository.js';
import { DriftRepository } from './drift.repository.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import type { LateNumbers } from './late-numbers.js';
import { QuarantineWriteRepository } from './quarantine-write.repository.js';
import { isBare } from './settlement.js';
import type { StoredBody } from './stored-body.js';

/** A delivery that is ready to be written. */
export interface PackedDelivery {
  readonly read: ReadDelivery;
  readonly body: StoredBody;
}

/** What earlier tries of the same group have brought to light. */
export interface Attempt {
  /** Of the rollups. */
  readonly lane: number;
  /** The records that must change nothing, by {@link recordKey}. */
  readonly erased: ReadonlySet<string>;
  /** That were found in deliveries of before an erasure. */
  readonly numbers: LateNumbers;
}

/** What a transaction has written. */
export interface WrittenGroup {
  readonly deliveries: readonly WrittenDelivery[];
  readonly campaigns: NamedCampaigns;
}

/** Some deliveries are in the ledger already: tries that were thought lost had gone through. */
export class AlreadyWrittenError extends Error {
  constructor(readonly ids: ReadonlySet<string>) {
    super('some deliveries are in the ledger already');
  }
}

/** Some records are of calls that were erased after the records had been received: they must change nothing. */
export class ErasedRecordsError extends Error {
  constructor(readonly states: readonly CallState[]) {
    super('some records are of calls that have been erased since they were received');
  }
}

const NOTHING_COUNTED: DeliveryCounts = { records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0 };

@Injectable()
export class LedgerWriter {
  constructor(
    private readonly calls: CallSettler,
    private readonly quarantine: QuarantineWriteRepository,
    private readonly deliveries: DeliveryWriteRepository,
    private readonly drift: DriftRepository,
    private readonly erasures: LateErasureRepository,
  ) {}

  /**
   * Writes deliveries: calls, corrections, rollups, tasks, batches, rejects, bodies and the deliveries themselves. A body that had come
   * before is only noted.
   *
   * @throws AlreadyWrittenError, ErasedRecordsError, UnexaminedError, CallVanishedError: the transaction has to be run again
   */
  async write(
    transaction: Transaction,
    unsorted: readonly PackedDelivery[],
    attempt: Attempt,
  ): Promise<WrittenGroup> {
    const group = [...unsorted].sort(byArrival);
    // A replay brings a body again on purpose.
    const pushed = group.map(({ read }) => read.delivery).filter(({ via }) => via !== 'replay');
    const sameBodies = await this.deliveries.findSameBodies(transaction, pushed);
    const states = group
      .flatMap(({ read }) => lastOfEach(read))
      .filter((state) => !attempt.erased.has(recordKey(state)));
    const settled = await this.calls.settle(transaction, states, attempt.lane);
    const redeliveries = await this.redeliveriesAmong(transaction, group, settled, sameBodies);
    await this.keepAsTheyCame(
      transaction,
      group.filter(({ read }) => !redeliveries.has(read.delivery.id)),
    );
    const written = group.map(({ read }) => {
      const redeliveryOf = redeliveries.get(read.delivery.id) ?? null;
      const counts = redeliveryOf === null ? countsOf(read, settled) : NOTHING_COUNTED;
      return { delivery: read.delivery, counts, redeliveryOf };
    });
    await this.insertDeliveries(transaction, written, states, attempt.numbers);
    return { deliveries: written, campaigns: settled.campaigns };
  }

  /**
   * Keeps a body that is refused.
   *
   * @throws UnexaminedError
   */
  async writeUnreadable(
    transaction: Transaction,
    delivery: Delivery,
    reject: Reject,
    numbers: LateNumbers,
  ): Promise<void> {
    await this.quarantine.insertBody(transaction, delivery, reject);
    await this.erasures.noteLate(transaction, [delivery], numbers);
  }

  /** Last of all: from here to the commit, no other delivery can be committed. */
  private async insertDeliveries(
    transaction: Transaction,
    written: readonly WrittenDelivery[],
    states: readonly CallState[],
    numbers: LateNumbers,
  ): Promise<void> {
    const deliveries = written.map(({ delivery }) => delivery);
    const inserted = await this.deliveries.insert(transaction, written);
    const known = deliveries.map(({ id }) => id).filter((id) => !inserted.ids.has(id));
    if (known.length > 0) throw new AlreadyWrittenError(new Set(known));
    const late = deliveries.filter(({ id }) => inserted.late.has(id));
    if (late.length === 0) return;
    await this.refuseErased(
      transaction,
      states.filter(({ deliveryId }) => inserted.late.has(deliveryId)),
    );
    await this.erasures.noteLate(transaction, late, numbers);
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
    await this.drift.add(
      transaction,
      group.map(({ read }) => read),
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
