// A delivery in; in the ledger, or in the quarantine, out.
import { Injectable, Logger } from '@nestjs/common';
import { errorText } from '../errors.js';
import { sqlState } from '../persistence/unavailable.js';
import type { Delivery, ReadDelivery, Refusal } from './delivery.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import { GroupCommit } from './writing/group-commit.js';
import { LedgerWriter } from './writing/ledger-writer.js';

@Injectable()
export class DeliveryKeeper {
  private readonly logger = new Logger('Push');
  /** Bodies that are being written: the same one arriving meanwhile is not in the database to be found yet. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly reader: DeliveryReader,
    private readonly groups: GroupCommit,
    private readonly writer: LedgerWriter,
  ) {}

  /**
   * Reads and writes a delivery, wherever it comes from.
   *
   * @throws DatabaseUnavailableError
   */
  async write(delivery: Delivery): Promise<void> {
    if (delivery.refusal !== undefined) return this.quarantine(delivery, delivery.refusal);
    let read: ReadDelivery;
    try {
      read = await this.reader.read(delivery);
    } catch (error) {
      if (!(error instanceof UnreadableBodyError)) throw error;
      return this.quarantine(delivery, error);
    }
    await this.writeRead(read);
  }

  /** As {@link write}, for a delivery that has been read. */
  async writeRead(read: ReadDelivery): Promise<void> {
    const key = `${read.delivery.source} ${read.delivery.sha256.toString('base64')}`;
    const same = this.underWay.get(key);
    if (same !== undefined && (await succeeds(same))) return this.writeOrQuarantine(read);
    const work = this.writeOrQuarantine(read);
    this.underWay.set(key, work);
    try {
      await work;
    } finally {
      if (this.underWay.get(key) === work) this.underWay.delete(key);
    }
  }

  /** Keeps a body that is refused. */
  async quarantine(delivery: Delivery, { reason, place }: Refusal): Promise<void> {
    await this.writer.writeUnreadable(delivery, { place, reason, raw: delivery.body, records: null });
  }

  /** Keeps a delivery that PostgreSQL does not take as calls, as it came. */
  async quarantineUnwritable(delivery: Delivery, error: unknown): Promise<void> {
    const reason = `The delivery could not be written: ${errorText(error)}`;
    await this.writer.writeUnreadable(delivery, { place: '', reason, raw: delivery.body, records: null });
    this.logger.error({ outcome: 'unwritable', deliveryId: delivery.id, reason });
  }

  /** What PostgreSQL itself refuses would be refused at every try: it is kept as it came instead. */
  private async writeOrQuarantine(read: ReadDelivery): Promise<void> {
    try {
      await this.groups.write(read);
    } catch (error) {
      if (!isOfTheData(error)) throw error;
      await this.quarantineUnwritable(read.delivery, error);
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
