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

/** What is known from earlier tries of the same group. */
export interface Attempt {
  /** The lane of the rollups. */
  readonly lane: number;
  /** The {@link recordKey}s of the records that must change nothing. */
  readonly erased: ReadonlySet<string>;
  /** The erased numbers that were found in these deliveries. */
  readonly numbers: LateNumbers;
}

/** The result of a transaction. */
export interface WrittenGroup {
  readonly deliveries: readonly WrittenDelivery[];
  readonly campaigns: NamedCampaigns;
}

/** Some deliveries are in the ledger already, because earlier tries had been committed after all. */
export class AlreadyWrittenError extends Error {
  constructor(readonly ids: ReadonlySet<string>) {
    super('some deliveries are in the ledger already');
  }
}

/**
 * Some records belong to calls that were erased after the records had been received. These records must change nothing.
 */
export class ErasedRecordsError extends Error {
  constructor(readonly states: readonly CallState[]) {
    super('some records belong to calls that were erased after the records had been received');
  }
}

const NOTHING_COUNTED: DeliveryCounts = { records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0 };

/** Writes a group of deliveries within one transaction. */
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
   * Writes calls, corrections, rollups, tasks, batches, rejects, bodies and the deliveries themselves. A redelivery is
   * only noted as one.
   *
   * @throws AlreadyWrittenError, ErasedRecordsError, UnexaminedError or CallVanishedError, when the transaction must
   *   run again
   */
  async write(
    transaction: Transaction,
    unsorted: readonly PackedDelivery[],
    attempt: Attempt,
  ): Promise<WrittenGroup> {
    const group = [...unsorted].sort(byArrival);
    // A replay has an earlier body on purpose, and a pull has a body of its own. Neither is a redelivery.
    const pushed = group.map(({ read }) => read.delivery).filter(isPush);
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
   * Keeps a refused body in the quarantine.
   *
   * @throws UnexaminedError when the body must first be searched for numbers
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

  /** This comes last, because no other delivery can be committed from here to the commit. */
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
   * The redeliveries: their body came within the hour before, all their calls are in the ledger unchanged, and no
   * rejected record of the first delivery was discarded.
   *
   * @param sameBodies the id of the delivery that brought the same body, by the id of the later delivery
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
   * Checks for records of erased calls. This runs after the deliveries are inserted, because only then are all erasures
   * visible that may have deleted one of these calls.
   *
   * @param states the records of deliveries that were received before an erasure
   * @throws ErasedRecordsError when there are such records
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
    // Drift is what pushes have otherwise than documented. Pulled records are made by this service.
    await this.drift.add(
      transaction,
      group.map(({ read }) => read).filter(({ delivery }) => delivery.via !== 'pull'),
    );
  }
}

function isPush({ via }: Delivery): boolean {
  return via !== 'replay' && via !== 'pull';
}

function byArrival(a: PackedDelivery, b: PackedDelivery): number {
  const [first, second] = [a.read.delivery, b.read.delivery];
  return first.receivedAt - second.receivedAt || (first.id < second.id ? -1 : 1);
}

/** The last record of each call in a delivery. A bare one counts only if there is no other. */
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
