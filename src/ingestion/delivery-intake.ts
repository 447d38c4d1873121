// A push in, its acknowledgement out: only once it is kept, in the database or in the journal.
import { Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { DatabaseUnavailableError } from '../persistence/unavailable.js';
import { inSpan, noteOrigin } from '../tracing/spans.js';
import { ThreadLostError } from '../workers/workers.js';
import { AdmissionControl } from './admission-control.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { DeliveryKeeper } from './delivery-keeper.js';
import type { Delivery, ReadDelivery } from './delivery.js';
import { Journal } from './journal/journal.js';
import { PushError } from './push/push-error.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import { DeliveryReader } from './reading/delivery-reader.js';

/** Where a push is kept. */
export type KeptIn = 'database' | 'journal';

const RETRY_AFTER_S = 5;

@Injectable()
export class DeliveryIntake {
  private readonly logger = new Logger('Push');

  constructor(
    private readonly settings: Settings,
    private readonly reader: DeliveryReader,
    private readonly keeper: DeliveryKeeper,
    private readonly journal: Journal,
    private readonly breaker: CircuitBreaker,
    private readonly admission: AdmissionControl,
  ) {}

  /**
   * Keeps a delivery. When this resolves, its records survive.
   *
   * @returns where
   * @throws PushError 400 when the body holds no records (it is kept then), 503 when nothing could be kept
   */
  async take(delivery: Delivery): Promise<KeptIn> {
    noteOrigin(delivery);
    let read: ReadDelivery;
    try {
      if (this.isUrgent(delivery)) {
        // Nothing else of the body is looked at: the drainer reads it when there is time.
        await this.reader.check(delivery);
        if (await this.journalTakes(delivery)) return 'journal';
      }
      read = await inSpan('read push', {}, () => this.reader.read(delivery));
    } catch (error) {
      if (error instanceof UnreadableBodyError) return this.refuse(delivery, error);
      if (!(error instanceof ThreadLostError)) throw error;
      throw new PushError(503, 'The push could not be read', RETRY_AFTER_S, { cause: error });
    }
    const keptIn = await this.write(delivery, () => this.keeper.writeRead(read));
    const { records, rejectedRecords: quarantined } = read;
    const { id: deliveryId, source } = delivery;
    this.logger.debug({ outcome: 'kept', keptIn, deliveryId, source, records, quarantined });
    return keptIn;
  }

  /**
   * Refuses a body that can't be read, once it is kept.
   *
   * @throws PushError with the status, or 503 when it could not be kept
   */
  async refuse(delivery: Delivery, error: UnreadableBodyError, status = 400): Promise<never> {
    const { reason, place } = error;
    const refused = { ...delivery, refusal: { reason, place } };
    if (!this.isUrgent(refused) || !(await this.journalTakes(refused)))
      await this.write(refused, () => this.keeper.quarantine(delivery, error));
    throw new PushError(status, error.message);
  }

  /** Whether the database would not take it in time, as far as is known before. Then the journal is asked first. */
  private isUrgent(delivery: Delivery): boolean {
    const tooLong = this.admission.isTooLongFor(delivery);
    return !this.journal.isOff && (this.breaker.isOpen || tooLong);
  }

  private async write(delivery: Delivery, write: () => Promise<void>): Promise<KeptIn> {
    const writing = inSpan('keep in database', {}, write);
    this.admission.add(delivery, writing);
    try {
      await this.withinDeadline(writing, delivery.id);
      this.breaker.succeeded();
      return 'database';
    } catch (error) {
      this.breaker.failed();
      if (await this.journalTakes(delivery)) return 'journal';
      const away = error instanceof DatabaseUnavailableError;
      const reason = away ? 'The database is not available' : 'The push could not be written';
      throw new PushError(503, reason, RETRY_AFTER_S, { cause: error });
    }
  }

  private async journalTakes(delivery: Delivery): Promise<boolean> {
    try {
      await inSpan('keep in journal', {}, () => this.journal.append(delivery));
      this.logger.debug({ outcome: 'journalled', deliveryId: delivery.id, source: delivery.source });
      return true;
    } catch (error) {
      if (!this.journal.isOff) {
        const entry = {
          outcome: 'not kept in the journal',
          deliveryId: delivery.id,
          reason: errorText(error),
        };
        this.logger.error(entry);
      }
      return false;
    }
  }

  /** The work goes on after the deadline. Should it succeed, the journal's copy, or the vendor's, changes nothing. */
  private async withinDeadline(work: Promise<void>, deliveryId: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    // Not an abortable wait: the error of each abort was a fifteenth of the service's time at one record a push.
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, this.settings.ackDeadlineMs, 'late');
    });
    try {
      if ((await Promise.race([work, late])) !== 'late') return;
      work.catch((error: unknown) => {
        this.logger.warn({ outcome: 'late write failed', deliveryId, reason: errorText(error) });
      });
      throw new DatabaseUnavailableError(new Error(`not committed within ${this.settings.ackDeadlineMs} ms`));
    } finally {
      clearTimeout(timer);
    }
  }
}
