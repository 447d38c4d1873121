import { Injectable, Logger } from '@nestjs/common';
import { errorText } from '../errors.js';
import type { Transaction } from '../persistence/connections/statement.js';
import { arrive } from './delivery.js';
import { isTransient } from './keeper.js';
import type { MessageKind } from './reading/message-kind.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import type { ReadDelivery } from './reading/records-of-body.js';
import { Attempts } from './writing/attempts.js';
import { QuarantineWriteRepository } from './writing/quarantine-write.repository.js';
import { packBody } from './writing/stored-body.js';

/** An entry of the quarantine. */
export interface KeptEntry {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Date;
  /** 1, or more for records that are kept in one array; null for a whole body. */
  readonly records: number | null;
  readonly raw: Buffer;
  /** The message of the URL that it was pushed to; null: a report. */
  readonly expects: string | null;
}

/** An entry that can be read now, and the delivery that it becomes. */
export interface ReadableEntry {
  readonly id: string;
  readonly read: ReadDelivery;
}

/**
 * `replayed`: the entry's calls are in the ledger. `notOpen`: somebody else has replayed or discarded it meanwhile.
 * `refused`: the database does not take it, and the entry is unchanged.
 */
export type ReplayOutcome = 'replayed' | 'notOpen' | 'refused';

/** Further work in the transaction that writes entries. */
export type WithReplay = (transaction: Transaction, entries: readonly ReadableEntry[]) => Promise<void>;

class NotOpenError extends Error {}

const ARRAY = /^\s*\[/;

function kindOf(expects: string | null): MessageKind {
  return expects === 'note' || expects === 'recording' ? expects : 'report';
}

/** Writes entries of the quarantine as calls, with the time at which they first arrived. */
@Injectable()
export class Replayer {
  private readonly logger = new Logger('Replay');

  constructor(
    private readonly reader: DeliveryReader,
    private readonly attempts: Attempts,
    private readonly quarantine: QuarantineWriteRepository,
  ) {}

  /**
   * Reads an entry by the rules of this version.
   *
   * @returns undefined when it still contains no message about a call
   * @throws ThreadLostError when a large entry cannot be read at the moment
   */
  async read({
    id,
    source,
    receivedAt,
    records,
    raw,
    expects,
  }: KeptEntry): Promise<ReadableEntry | undefined> {
    // A record that is an array is not a call. Only a body that is an array may contain calls.
    if (records === 1 && ARRAY.test(raw.toString('latin1', 0, 100))) return undefined;
    const arrived = arrive(source, null, raw, receivedAt.getTime(), kindOf(expects));
    const delivery = { ...arrived, via: 'replay' as const };
    try {
      const read = await this.reader.read(delivery);
      const messages = read.calls.length + read.notes.length + read.recordings.length;
      return messages === 0 ? undefined : { id, read };
    } catch (error) {
      if (error instanceof UnreadableBodyError) return undefined;
      throw error;
    }
  }

  /**
   * Writes entries and marks them as replayed, in one transaction.
   *
   * @param also further work in that transaction; called once for each try
   * @returns the outcome of each entry, in the same order
   * @throws DatabaseUnavailableError when the database is unavailable
   */
  async write(entries: readonly ReadableEntry[], also: WithReplay): Promise<ReplayOutcome[]> {
    const group = await Promise.all(
      entries.map(async ({ id, read }) => ({ id, read, body: await packBody(read.delivery.body) })),
    );
    const failures = await this.attempts.write(group, async (transaction, part) => {
      const marks = part.map(({ id, read }) => ({ id, deliveryId: read.delivery.id }));
      if ((await this.quarantine.markReplayed(transaction, marks)) < marks.length) throw new NotOpenError();
      await also(transaction, part);
    });
    return group.map((entry) => (failures.has(entry) ? this.failed(entry, failures.get(entry)) : 'replayed'));
  }

  /** @throws DatabaseUnavailableError when that is the cause */
  private failed({ id }: ReadableEntry, cause: unknown): ReplayOutcome {
    if (isTransient(cause)) throw cause;
    if (cause instanceof NotOpenError) return 'notOpen';
    this.logger.error(`The quarantine entry ${id} cannot be written: ${errorText(cause)}`);
    return 'refused';
  }
}
