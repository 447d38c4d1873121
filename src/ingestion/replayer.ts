// Writes what the quarantine keeps as calls, as of the time at which it first came.
import { Injectable, Logger } from '@nestjs/common';
import { errorText } from '../errors.js';
import type { Transaction } from '../persistence/connections/statement.js';
import { arrive } from './delivery.js';
import { isTransient } from './keeper.js';
import { UnreadableBodyError } from './reading/body-reader.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import type { ReadDelivery } from './reading/records-of-body.js';
import { Attempts } from './writing/attempts.js';
import { QuarantineWriteRepository } from './writing/quarantine-write.repository.js';
import { packBody } from './writing/stored-body.js';

/** What the quarantine keeps of a push. */
export interface KeptEntry {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: Date;
  /** 1, or more in one array; null for a whole body. */
  readonly records: number | null;
  readonly raw: Buffer;
}

/** An entry that can be read now, as the delivery that it becomes. */
export interface ReadableEntry {
  readonly id: string;
  readonly read: ReadDelivery;
}

/**
 * `replayed`: its calls are in the ledger. `notOpen`: somebody else has replayed or discarded it meanwhile. `refused`: the
 * database does not take it; it stays as it was.
 */
export type ReplayOutcome = 'replayed' | 'notOpen' | 'refused';

/** What is to be done in the transaction that writes entries. */
export type WithReplay = (transaction: Transaction, entries: readonly ReadableEntry[]) => Promise<void>;

class NotOpenError extends Error {}

const ARRAY = /^\s*\[/;

@Injectable()
export class Replayer {
  private readonly logger = new Logger('Replay');

  constructor(
    private readonly reader: DeliveryReader,
    private readonly attempts: Attempts,
    private readonly quarantine: QuarantineWriteRepository,
  ) {}

  /**
   * Reads an entry by the rules of today.
   *
   * @returns undefined when it still holds no call
   * @throws ThreadLostError when a large one can't be read now
   */
  async read({ id, source, receivedAt, records, raw }: KeptEntry): Promise<ReadableEntry | undefined> {
    // A record that is an array is no call, though a body that is one may hold some.
    if (records === 1 && ARRAY.test(raw.toString('latin1', 0, 100))) return undefined;
    const delivery = { ...arrive(source, null, raw, receivedAt.getTime()), via: 'replay' as const };
    try {
      const read = await this.reader.read(delivery);
      return read.calls.length === 0 ? undefined : { id, read };
    } catch (error) {
      if (error instanceof UnreadableBodyError) return undefined;
      throw error;
    }
  }

  /**
   * Writes entries, and notes in the same transaction that they are replayed.
   *
   * @param also what else is to be in that transaction; called once for every one that is tried
   * @returns what became of each, in their order
   * @throws DatabaseUnavailableError
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

  /** @throws DatabaseUnavailableError */
  private failed({ id }: ReadableEntry, cause: unknown): ReplayOutcome {
    if (isTransient(cause)) throw cause;
    if (cause instanceof NotOpenError) return 'notOpen';
    this.logger.error(`the entry ${id} can not be written: ${errorText(cause)}`);
    return 'refused';
  }
}
