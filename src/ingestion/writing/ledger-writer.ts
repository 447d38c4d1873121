import { Injectable } from '@nestjs/common';
import type { Reader, Transaction } from '../../persistence/connections/statement.js';
import type { ToldChanges } from '../../persistence/sql/told-changes.js';
import type { Delivery, Reject } from '../delivery.js';
import type { ReadDelivery } from '../reading/records-of-body.js';
import { CallSettler, type SettledCalls } from './call-settler.js';
import { type NoteState, recordKey, type Standing } from './call-state.js';
import type { NamedCampaigns } from './campaign.repository.js';
import {
  type DeliveryCounts,
  DeliveryWriteRepository,
  type InsertedDeliveries,
  type WrittenDelivery,
} from './delivery-write.repository.js';
import { DriftRepository } from './drift.repository.js';
import { ConversationSettler } from './conversation-settler.js';
import { FeedPlaces } from './feed-places.js';
import { allOf, type GroupRecords, type PackedDelivery } from './group-records.js';
import { countByDelivery, type SettledMessages } from './message-settler.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import type { LateNumbers } from './late-numbers.js';
import { QuarantineWriteRepository } from './quarantine-write.repository.js';
import { type KnownMessages, RollupSettler } from './rollup-settler.js';

/** What is known from earlier tries of the same group. */
export interface Attempt {
  /** The lane of the rollups. */
  readonly lane: number;
  /** The erased numbers that were found in these deliveries. */
  readonly numbers: LateNumbers;
}

/** What the ledger holds of a group before it is written. */
interface Found {
  /** The id of the delivery that brought the same body, by the id of the later delivery. */
  readonly sameBodies: ReadonlyMap<string, string>;
  /** The intents of the notes of reported calls, by callId. Undefined: they are not known yet. */
  readonly intents: ReadonlyMap<string, string> | undefined;
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
   * Reads what {@link write} needs. Nothing of it has to be read in its transaction.
   *
   * @param isAgain the transaction runs again: intents are read later, because one may have changed in between
   */
  async lookUp(reader: Reader, records: GroupRecords, isAgain: boolean): Promise<Found> {
    // A replay has an earlier body on purpose, and a pull has a body of its own. Neither is a redelivery.
    const pushed = records.group.map(({ read }) => read.delivery).filter(isPush);
    const [sameBodies, intents] = await Promise.all([
      this.deliveries.findSameBodies(reader, pushed),
      isAgain ? undefined : this.rollups.knownIntents(reader, records),
    ]);
    return { sameBodies, intents };
  }

  /**
   * Writes calls, notes, recordings, corrections, rollups, tasks, batches, rejects, bodies and the deliveries
   * themselves. A redelivery is only noted as one.
   *
   * @throws AlreadyWrittenError, ErasedRecordsError, UnexaminedError, UnseenMessageError or CallVanishedError, when the
   *   transaction must run again
   */
  async write(
    transaction: Transaction,
    records: GroupRecords,
    { sameBodies, intents }: Found,
    { lane, numbers }: Attempt,
  ): Promise<WrittenGroup> {
    const { group } = records;
    const { calls, notes, unreported, told, ...settled } = await this.settle(transaction, records);
    const redeliveries = await this.redeliveriesAmong(transaction, group, settled, sameBodies);
    const kept = group.filter(({ read }) => !redeliveries.has(read.delivery.id));
    // Statements that need nothing of each other's answers are sent together, which saves waiting.
    const [known] = await Promise.all([
      this.rollups.settle(transaction, { calls, notes, intents, lane }),
      this.deliveries.insertBodies(
        transaction,
        kept.map(({ read, body }) => ({ delivery: read.delivery, body })),
      ),
    ]);
    await this.keepUnread(transaction, kept);
    const written = group.map(({ read }) => {
      const redeliveryOf = redeliveries.get(read.delivery.id) ?? null;
      const counts = redeliveryOf === null ? countsOf(read, settled) : NOTHING_COUNTED;
      return { delivery: read.delivery, counts, redeliveryOf };
    });
    const inserted = await this.insertDeliveries(transaction, written, told, { intents: known, unreported });
    await this.checkInserted(transaction, inserted, records, numbers);
    return { deliveries: written, campaigns: calls.campaigns };
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

  private async settle(transaction: Transaction, records: GroupRecords): Promise<Settled> {
    const { group, reports, notes, recordings } = records;
    if (notes.length + recordings.length > 0) await this.conversations.lock(transaction, allOf(records));
    const calls = await this.calls.settle(transaction, reports);
    const said = await this.conversations.settle(transaction, notes, recordings);
    const deliveries = group.map(({ read }) => read.delivery.id);
    return {
      calls,
      notes: said.notes,
      unreported: await this.places.move(transaction, deliveries, calls, said),
      told: said.again.callIds.length === 0 ? undefined : said.again.told,
      stored: countByDelivery([...calls.inserted, ...said.notes.inserted, ...said.recordings.inserted]),
      corrected: sum(calls.corrected, said.notes.corrected, said.recordings.corrected),
    };
  }

  /**
   * Draws the positions. This comes last, because no other delivery can be committed from here to the commit.
   *
   * @param told further changes, which come after the deliveries
   */
  private async insertDeliveries(
    transaction: Transaction,
    written: readonly WrittenDelivery[],
    told: ToldChanges | undefined,
    known: KnownMessages,
  ): Promise<InsertedDeliveries> {
    const [inserted] = await Promise.all([
      this.deliveries.insert(transaction, written),
      told === undefined ? undefined : transaction.query(told.insert),
      this.rollups.check(transaction, known),
    ]);
    return inserted;
  }

  /**
   * Looks at the result of {@link insertDeliveries}.
   *
   * @throws AlreadyWrittenError, ErasedRecordsError or UnexaminedError
   */
  private async checkInserted(
    transaction: Transaction,
    inserted: InsertedDeliveries,
    records: GroupRecords,
    numbers: LateNumbers,
  ): Promise<void> {
    const deliveries = records.group.map(({ read }) => read.delivery);
    const known = deliveries.map(({ id }) => id).filter((id) => !inserted.ids.has(id));
    if (known.length > 0) throw new AlreadyWrittenError(new Set(known));
    const late = deliveries.filter(({ id }) => inserted.late.has(id));
    if (late.length === 0) return;
    await this.refuseErased(
      transaction,
      allOf(records).filter(({ deliveryId }) => inserted.late.has(deliveryId)),
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

  /** Keeps the records that could not be read, and notes what came otherwise than documented. */
  private async keepUnread(transaction: Transaction, group: readonly PackedDelivery[]): Promise<void> {
    for (const { read } of group) {
      if (read.rejects.length > 0)
        await this.quarantine.insertRecords(transaction, read.delivery, read.rejects);
    }
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

/** The effect of all records of a group. */
interface Settled extends SettledRecords {
  readonly calls: SettledCalls;
  readonly notes: SettledMessages<NoteState>;
  /** The calls whose notes or recordings were written, and that have no report yet. */
  readonly unreported: ReadonlySet<string>;
  /** To be inserted after the deliveries. */
  readonly told: ToldChanges | undefined;
}

/** How many records of each delivery had which effect, by its id. */
interface SettledRecords {
  readonly stored: ReadonlyMap<string, number>;
  readonly corrected: ReadonlyMap<string, number>;
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
