// Decides what becomes of a delivery. docs/architecture.md has this policy as a table.
import { Injectable, Logger } from '@nestjs/common';
import { errorText } from '../errors.js';
import { DatabaseUnavailableError, sqlState } from '../persistence/connections/unavailable.js';
import { InSpan, noteOrigin } from '../tracing/spans.js';
import { ThreadLostError } from '../workers/workers.js';
import { AdmissionControl, CircuitBreaker } from './admission-control.js';
import type { Delivery, Refusal } from './delivery.js';
import { Journal } from './journal/journal.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import type { ReadDelivery } from './reading/records-of-body.js';
import { Attempts } from './writing/attempts.js';
import { GroupCommit } from './writing/group-commit.js';

/** Where a delivery is kept. */
export type KeptIn = 'database' | 'journal';

/** It was written nowhere. */
export interface Failure {
  readonly while: 'reading' | 'writing';
  readonly cause: unknown;
}

/**
 * What became of a delivery.
 *
 * - `kept`: all of its records survive, as calls or in the quarantine.
 * - `refused`: its body holds no records. It is kept in the quarantine, or in the journal on its way there.
 * - `nowhere`: nothing of it is kept.
 */
export type Outcome =
  { readonly kept: KeptIn } | { readonly refused: Refusal } | { readonly nowhere: Failure };

/** Whether the same delivery may well be kept the next time: its cause lies outside of it, and passes. */
export function isTransient(cause: unknown): cause is DatabaseUnavailableError | ThreadLostError {
  return cause instanceof DatabaseUnavailableError || cause instanceof ThreadLostError;
}

/** SQLSTATE classes of what PostgreSQL refuses at every try: data exceptions, broken constraints, limits of the server. */
const OF_THE_DATA: ReadonlySet<string | undefined> = new Set(['22', '23', '54']);

@Injectable()
export class Keeper {
  private readonly logger = new Logger('Push');
  /** Bodies that are being written: the same one arriving meanwhile is not in the database to be found yet. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly reader: DeliveryReader,
    private readonly groups: GroupCommit,
    private readonly attempts: Attempts,
    private readonly journal: Journal,
    private readonly breaker: CircuitBreaker,
    private readonly admission: AdmissionControl,
  ) {}

  /** Keeps a push: in the database, or in the journal when the database does not take it within the deadline. */
  async keep(delivery: Delivery): Promise<Outcome> {
    noteOrigin(delivery);
    let read: ReadDelivery;
    try {
      if (this.goesToJournalFirst(delivery)) {
        // The drainer reads the records when there is time.
        await this.reader.check(delivery);
        if (await this.journalTakes(delivery)) return { kept: 'journal' };
      }
      read = await this.readPush(delivery);
    } catch (error) {
      if (error instanceof UnreadableBodyError) return this.refuse(delivery, error);
      return { nowhere: { while: 'reading', cause: error } };
    }
    const outcome = await this.inTime(delivery, this.commit(read));
    if ('kept' in outcome) {
      const { id: deliveryId, source } = delivery;
      const { records, rejectedRecords: quarantined } = read;
      this.logger.debug({ outcome: 'kept', keptIn: outcome.kept, deliveryId, source, records, quarantined });
    }
    return outcome;
  }

  /** Keeps a push that is refused, as {@link keep} does. */
  async refuse(delivery: Delivery, { reason, place }: Refusal): Promise<Outcome> {
    const refusal = { reason, place };
    const refused = { ...delivery, refusal };
    if (this.goesToJournalFirst(refused) && (await this.journalTakes(refused))) return { refused: refusal };
    const outcome = await this.inTime(refused, this.quarantine(refused, refusal));
    return 'nowhere' in outcome ? outcome : { refused: refusal };
  }

  /** Writes an entry of the journal into the database, however long it takes. Its success closes the circuit breaker. */
  async write(delivery: Delivery): Promise<Outcome> {
    let step: Failure['while'] = 'reading';
    try {
      const read = await this.readEntry(delivery);
      step = 'writing';
      await ('reason' in read ? this.quarantine(delivery, read) : this.commit(read));
      this.breaker.succeeded();
      return 'reason' in read ? { refused: read } : { kept: 'database' };
    } catch (error) {
      return { nowhere: { while: step, cause: error } };
    }
  }

  /** Keeps an entry of the journal in the quarantine as it came: it has failed at every try to read or write it. */
  async giveUp(delivery: Delivery, cause: unknown): Promise<Outcome> {
    try {
      await this.quarantineUnwritable(delivery, cause);
      return { kept: 'database' };
    } catch (error) {
      return { nowhere: { while: 'writing', cause: error } };
    }
  }

  /** Whether the database would probably not take it within the deadline. */
  private goesToJournalFirst(delivery: Delivery): boolean {
    const isAdmitted = this.admission.admits(delivery);
    return !this.journal.isOff && (this.breaker.isOpen || !isAdmitted);
  }

  /** Turns to the journal when a write fails, or takes longer than the deadline. */
  private async inTime(delivery: Delivery, writing: Promise<void>): Promise<Outcome> {
    try {
      await this.admission.untilDeadline(delivery, writing);
      this.breaker.succeeded();
      return { kept: 'database' };
    } catch (error) {
      this.breaker.failed();
      if (await this.journalTakes(delivery)) return { kept: 'journal' };
      return { nowhere: { while: 'writing', cause: error } };
    }
  }

  private async journalTakes(delivery: Delivery): Promise<boolean> {
    const { id: deliveryId, source } = delivery;
    try {
      await this.journal.append(delivery);
      this.logger.debug({ outcome: 'journalled', deliveryId, source });
      return true;
    } catch (error) {
      const reason = errorText(error);
      if (!this.journal.isOff) this.logger.error({ outcome: 'not kept in the journal', deliveryId, reason });
      return false;
    }
  }

  @InSpan('read push')
  private async readPush(delivery: Delivery): Promise<ReadDelivery> {
    return this.reader.read(delivery);
  }

  /** What was refused stays so, though its bytes might be read as records. */
  private async readEntry(delivery: Delivery): Promise<ReadDelivery | Refusal> {
    if (delivery.refusal !== undefined) return delivery.refusal;
    try {
      return await this.reader.read(delivery);
    } catch (error) {
      if (!(error instanceof UnreadableBodyError)) throw error;
      return { reason: error.reason, place: error.place };
    }
  }

  @InSpan('keep in database')
  private async quarantine(delivery: Delivery, { reason, place }: Refusal): Promise<void> {
    await this.attempts.quarantine(delivery, { place, reason, raw: delivery.body, records: null });
  }

  /** Of two equal bodies at once, the second waits for the first: it is a redelivery if that is committed. */
  @InSpan('keep in database')
  private async commit(read: ReadDelivery): Promise<void> {
    const key = `${read.delivery.source} ${read.delivery.sha256.toString('base64')}`;
    const same = this.underWay.get(key);
    if (same !== undefined && (await succeeds(same))) return this.commitOrQuarantine(read);
    const work = this.commitOrQuarantine(read);
    this.underWay.set(key, work);
    try {
      await work;
    } finally {
      if (this.underWay.get(key) === work) this.underWay.delete(key);
    }
  }

  /** What PostgreSQL refuses for its data would be refused at every try: it is kept as it came instead. */
  private async commitOrQuarantine(read: ReadDelivery): Promise<void> {
    try {
      await this.groups.write(read);
    } catch (error) {
      if (!OF_THE_DATA.has(sqlState(error)?.slice(0, 2))) throw error;
      await this.quarantineUnwritable(read.delivery, error);
    }
  }

  private async quarantineUnwritable(delivery: Delivery, cause: unknown): Promise<void> {
    const reason = `The delivery could not be written: ${errorText(cause)}`;
    await this.attempts.quarantine(delivery, { place: '', reason, raw: delivery.body, records: null });
    this.logger.error({ outcome: 'unwritable', deliveryId: delivery.id, reason });
  }
}

/** The error is told to whoever began the work. */
async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}
