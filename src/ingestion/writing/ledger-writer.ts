import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { ToldChanges } from '../../persistence/sql/told-changes.js';
import type { Delivery, Reject } from '../delivery.js';
import type { MessageKind } from '../reading/message-kind.js';
import type { ReadMessage } from '../reading/record-reader.js';
import type { ReadDelivery } from '../reading/records-of-body.js';
import { CallSettler } from './call-settler.js';
import {
  firstMessageState,
  firstState,
  type Identified,
  type MessageState,
  recordKey,
  type Standing,
} from './call-state.js';
import type { NamedCampaigns } from './campaign.repository.js';
import {
  type DeliveryCounts,
  DeliveryWriteRepository,
  type WrittenDelivery,
} from './delivery-write.repository.js';
import { DriftRepository } from './drift.repository.js';
import { ConversationSettler } from './conversation-settler.js';
import { FeedPlaces } from './feed-places.js';
import { countByDelivery } from './message-settler.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import type { LateNumbers } from './late-numbers.js';
import { QuarantineWriteRepository } from './quarantine-write.repository.js';
import { type KnownMessages, RollupSettler } from './rollup-settler.js';
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
  constructor(readonly states: readonly Standing[]) {
    super('some records belong to calls that were erased after the records had been received');
  }
}

const NOTHING_COUNTED: DeliveryCounts = { records: 0, stored: 0, corrected: 0, duplicate: 0, quarantined: 0 };

/** Writes a group of deliveries within one transaction. */
@Injectable()
export class LedgerWriter {
  constructor(
    private readonly calls: CallSettler,
    private readonly conversations: ConversationSettler,
    private readonly places: FeedPlaces,
    private readonly rollups: RollupSettler,
    private readonly quarantine: QuarantineWriteRepository,
    private readonly deliveries: DeliveryWriteRepository,
    private readonly drift: DriftRepository,
    private readonly erasures: LateErasureRepository,
  ) {}

  /**
   * Writes calls, notes, recordings, corrections, rollups, tasks, batches, rejects, bodies and the deliveries
   * themselves. A redelivery is only noted as one.
   *
   * @throws AlreadyWrittenError, ErasedRecordsError, UnexaminedError, UnseenMessageError or CallVanishedError, when the
   *   transaction must run again
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
    const { states, campaigns, known, told, ...settled } = await this.settle(transaction, group, attempt);
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
    if (told !== undefined) await transaction.query(told.insert);
    await this.rollups.check(transaction, known);
    return { deliveries: written, campaigns };
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

  private async settle(
    transaction: Transaction,
    group: readonly PackedDelivery[],
    attempt: Attempt,
  ): Promise<Settled> {
    const reports = notErased(
      group.flatMap(({ read }) => lastOfEach(read.calls).map((call) => firstState(call, read.delivery))),
      attempt,
    );
    const notes = notErased(
      group.flatMap(({ read }) =>
        lastOfEach(read.notes).map((note) => firstMessageState(note, read.delivery)),
      ),
      attempt,
    );
    const recordings = notErased(
      group.flatMap(({ read }) =>
        lastOfEach(read.recordings).map((recording) => firstMessageState(recording, read.delivery)),
      ),
      attempt,
    );
    const states = [...reports, ...notes, ...recordings];
    if (states.length > reports.length) await this.conversations.lock(transaction, states);
    const calls = await this.calls.settle(transaction, reports);
    const said = await this.conversations.settle(transaction, notes, recordings);
    const deliveries = group.map(({ read }) => read.delivery.id);
    const unreported = await this.places.move(transaction, deliveries, calls, said);
    // This comes after the places. A call that is not found by both is found by the check.
    const intents = await this.rollups.settle(transaction, calls, said.notes, attempt.lane);
    return {
      states,
      campaigns: calls.campaigns,
      known: { intents, unreported },
      told: said.again.callIds.length === 0 ? undefined : said.again.told,
      stored: countByDelivery([...calls.inserted, ...said.notes.inserted, ...said.recordings.inserted]),
      corrected: sum(calls.corrected, said.notes.corrected, said.recordings.corrected),
    };
  }

  /** This comes last, because no other delivery can be committed from here to the commit. */
  private async insertDeliveries(
    transaction: Transaction,
    written: readonly WrittenDelivery[],
    states: readonly Standing[],
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
    settled: SettledRecords,
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
  private async refuseErased(transaction: Transaction, states: readonly Standing[]): Promise<void> {
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

/** The effect of all records of a group. */
interface Settled extends SettledRecords {
  readonly states: readonly Standing[];
  readonly campaigns: NamedCampaigns;
  readonly known: KnownMessages;
  /** To be inserted after the deliveries. */
  readonly told: ToldChanges | undefined;
}

/** How many records of each delivery had which effect, by its id. */
interface SettledRecords {
  readonly stored: ReadonlyMap<string, number>;
  readonly corrected: ReadonlyMap<string, number>;
}

/** The last record of each call among those of one message in a delivery. A bare one counts only if there is no other. */
function lastOfEach<Read extends ReadMessage<MessageKind, Identified>>(records: readonly Read[]): Read[] {
  const last = new Map<string, Read>();
  for (const read of records) {
    const { callId } = read.record;
    const before = last.get(callId);
    if (before === undefined || !isBare(read) || isBare(before)) last.set(callId, read);
  }
  return [...last.values()];
}

function notErased<State extends MessageState>(
  states: readonly State[],
  { erased }: Attempt,
): readonly State[] {
  return erased.size === 0 ? states : states.filter((state) => !erased.has(recordKey(state)));
}

function sum(...counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [id, count] of counts.flatMap((each) => [...each])) sums.set(id, (sums.get(id) ?? 0) + count);
  return sums;
}

function countsOf(
  { delivery, records, calls, notes, recordings, rejectedRecords }: ReadDelivery,
  settled: SettledRecords,
): DeliveryCounts {
  const stored = settled.stored.get(delivery.id) ?? 0;
  const corrected = settled.corrected.get(delivery.id) ?? 0;
  const duplicate = calls.length + notes.length + recordings.length - stored - corrected;
  return { records, stored, corrected, duplicate, quarantined: rejectedRecords };
}
