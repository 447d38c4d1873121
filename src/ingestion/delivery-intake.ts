// A push in, its acknowledgement out: only once it is kept.
import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { DatabaseUnavailableError, sqlState } from '../persistence/database.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import type { Delivery, ReadDelivery } from './delivery.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import { GroupCommit } from './writing/group-commit.js';
import { LedgerWriter } from './writing/ledger-writer.js';
import { PushError } from './push/push-error.js';

const RETRY_AFTER_S = 5;

@Injectable()
export class DeliveryIntake {
  private readonly logger = new Logger('Push');
  /** Bodies that are being written: the same one arriving meanwhile is not in the database to be found yet. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly settings: Settings,
    private readonly reader: DeliveryReader,
    private readonly groups: GroupCommit,
    private readonly writer: LedgerWriter,
  ) {}

  /**
   * Keeps a delivery. When this resolves, its records survive.
   *
   * @throws PushError 400 when the body holds no records (it is in quarantine then), 503 when nothing could be
   *   kept within the deadline
   */
  async take(delivery: Delivery): Promise<void> {
    await this.withinDeadline(this.keep(delivery));
  }

  /** Refuses a body that can't be read, once it is in quarantine. */
  async refuse(delivery: Delivery, error: UnreadableBodyError): Promise<void> {
    await this.withinDeadline(this.quarantine(delivery, error));
  }

  private async keep(delivery: Delivery): Promise<void> {
    const key = `${delivery.source} ${delivery.sha256.toString('base64')}`;
    const same = this.underWay.get(key);
    if (same !== undefined && (await succeeds(same))) return this.readAndWrite(delivery);
    const work = this.readAndWrite(delivery);
    this.underWay.set(key, work);
    try {
      await work;
    } finally {
      this.underWay.delete(key);
    }
  }

  private async readAndWrite(delivery: Delivery): Promise<void> {
    const read = await this.read(delivery);
    await this.write(read);
    const { records, rejectedRecords: quarantined } = read;
    this.logger.debug({
      outcome: 'kept',
      deliveryId: delivery.id,
      source: delivery.source,
      records,
      quarantined,
    });
  }

  /** What PostgreSQL itself refuses would be refused at every try: it is kept as it came instead. */
  private async write(read: ReadDelivery): Promise<void> {
    try {
      await this.groups.write(read);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      const reason = `The delivery could not be written: ${errorText(error)}`;
      await this.writer.writeUnreadable(read.delivery, { place: '', reason, raw: read.delivery.body });
      this.logger.error({ outcome: 'unwritable', deliveryId: read.delivery.id, reason });
    }
  }

  private async read(delivery: Delivery): Promise<ReadDelivery> {
    try {
      return this.reader.read(delivery);
    } catch (error) {
      if (error instanceof UnreadableBodyError) return this.quarantine(delivery, error);
      throw error;
    }
  }

  private async quarantine(delivery: Delivery, error: UnreadableBodyError): Promise<never> {
    const reject = { place: error.place, reason: error.reason, raw: delivery.body };
    await this.writer.writeUnreadable(delivery, reject);
    throw new PushError(400, error.message);
  }

  /** The work goes on after the deadline; should it succeed, the vendor's next try finds its records there. */
  private async withinDeadline(work: Promise<void>): Promise<void> {
    const deadline = new AbortController();
    const late = wait(this.settings.ackDeadlineMs, 'late' as const, { signal: deadline.signal });
    try {
      if ((await Promise.race([work, late])) === 'late') {
        work.catch((error: unknown) => {
          this.logger.warn(`A push that was not waited for failed: ${errorText(error)}`);
        });
        throw unavailable('The database did not keep the push in time', undefined);
      }
    } catch (error) {
      if (error instanceof PushError) throw error;
      const away = error instanceof DatabaseUnavailableError;
      throw unavailable(away ? 'The database is not available' : 'The push could not be written', error);
    } finally {
      deadline.abort();
      late.catch(() => undefined);
    }
  }
}

/** Classes of SQLSTATE: data exceptions, broken constraints, limits of the server. */
function isOfTheData(error: unknown): boolean {
  return ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');
}

async function succeeds(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch {
    // Whose work it is tells of it.
    return false;
  }
}

function unavailable(reason: string, cause: unknown): PushError {
  return new PushError(503, reason, RETRY_AFTER_S, { cause });
}
