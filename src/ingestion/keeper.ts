import { Injectable, Logger } from '@nestjs/common';
import { errorText } from '../errors.js';
import { DatabaseUnavailableError, sqlState } from '../persistence/connections/unavailable.js';
import { InSpan, noteOrigin } from '../tracing/spans.js';
import { ThreadLostError } from '../workers/workers.js';
import { AdmissionControl } from './admission-control.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { Delivery, Refusal } from './delivery.js';
import { Journal } from './journal/journal.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import type { ReadDelivery } from './reading/records-of-body.js';
import { Attempts } from './writing/attempts.js';
import { GroupCommit } from './writing/group-commit.js';

/** Where a delivery is kept. */
export type KeptIn = 'database' | 'journal';

/** Why a delivery was not kept anywhere. */
export interface Failure {
  readonly while: 'reading' | 'writing';
  readonly cause: unknown;
}

/**
 * The outcome of a delivery.
 *
 * - `kept`: all its records are kept, as calls or in the quarantine.
 * - `refused`: its body contains no records. The body is kept in the quarantine, or in the journal until it is drained.
 * - `nowhere`: nothing is kept.
 */
export type Outcome =
  { readonly kept: KeptIn } | { readonly refused: Refusal } | { readonly nowhere: Failure };

/** Whether a failure has nothing to do with the delivery and is temporary, so that a retry may succeed. */
export function isTransient(cause: unknown): cause is DatabaseUnavailableError | ThreadLostError {
  return cause instanceof DatabaseUnavailableError || cause instanceof ThreadLostError;
}

/**
 * SQLSTATE classes of errors that come with every retry: data exceptions, violated constraints, limits of the server.
 */
const OF_THE_DATA: ReadonlySet<string | undefined> = new Set(['22', '23', '54']);

/** Decides what becomes of a delivery. docs/architecture.md has this policy as a table. */
@Injectable()
export class Keeper {
  private readonly logger = new Logger('Push');
  /** The bodies that are being written. A second copy of such a body cannot find the first one in the database yet. */
  private readonly underWay = new Map<string, Promise<void>>();
  /** The writes of bodies. They may go on after the push was answered. */
  private readonly writes = new WeakMap<Buffer, Promise<void>>();

  constructor(
    private readonly reader: DeliveryReader,
    private readonly groups: GroupCommit,
    private readonly attempts: Attempts,
    private readonly journal: Journal,
    private readonly breaker: CircuitBreaker,
    private readonly admission: AdmissionControl,
  ) {}

  /** Keeps a push in the database, or in the journal if the database does not take it within the deadline. */
  async keep(delivery: Delivery): Promise<Outcome> {
    noteOrigin(delivery);
    let read: ReadDelivery;
    try {
      if (this.goesToJournalFirst(delivery)) {
        // The drainer reads the records later.
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

  /** Keeps a refused push in the quarantine, or in the journal if the database does not take it within the deadline. */
  async refuse(delivery: Delivery, { reason, place }: Refusal): Promise<Outcome> {
    const refusal = { reason, place };
    const refused = { ...delivery, refusal };
    if (this.goesToJournalFirst(refused) && (await this.journalTakes(refused))) return { refused: refusal };
    const outcome = await this.inTime(refused, this.quarantine(refused, refusal));
    return 'nowhere' in outcome ? outcome : { refused: refusal };
  }

  /** Writes an entry of the journal into the database, without a deadline. A success closes the circuit breaker. */
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

  /** Keeps an entry of the journal in the quarantine unread, after all tries to read or write it have failed. */
  async giveUp(delivery: Delivery, cause: unknown): Promise<Outcome> {
    try {
      await this.quarantineUnwritable(delivery, cause);
      return { kept: 'database' };
    } catch (error) {
      return { nowhere: { while: 'writing', cause: error } };
    }
  }

  /** Waits until a body is not needed any more: a write goes on after its deadline. */
  async released(body: Buffer): Promise<void> {
    await this.writes.get(body)?.catch(() => undefined);
  }

  /** Whether the database will probably not take the delivery within the deadline. */
  private goesToJournalFirst(delivery: Delivery): boolean {
    const isAdmitted = this.admission.admits(delivery);
    if (this.journal.isOff) return false;
    if (!isAdmitted) this.groups.giveWay();
    return this.breaker.isOpen || !isAdmitted;
  }

  /** Uses the journal if a write fails or takes longer than the deadline. */
  private async inTime(delivery: Delivery, writing: Promise<void>): Promise<Outcome> {
    this.writes.set(delivery.body, writing);
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

  /** Reads an entry of the journal. A refused push stays refused, even if its bytes could be read as records. */
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

  /** Writes a delivery. If an equal body is being written, it waits for that one, so that it becomes a redelivery. */
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

  /**
   * Writes a delivery. If PostgreSQL refuses its data, every retry would fail too, so it is kept unread in the
   * quarantine.
   */
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

/** Whether the work succeeds. The caller that began the work gets its error. */
async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}
