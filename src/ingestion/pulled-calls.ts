import { Injectable } from '@nestjs/common';
import { stringifyExact } from '../json/exact-numbers.js';
import type { Transaction } from '../persistence/connections/statement.js';
import { arrive } from './delivery.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import { Attempts } from './writing/attempts.js';
import { packBody } from './writing/stored-body.js';

/** A record with the vendor's field names, as a push would have it. */
export type PulledRecord = Readonly<Record<string, unknown>> & { readonly callId: string };

/** Calls from the vendor's query API, to be written as one delivery. */
export interface Pull {
  /** The source that would have pushed them. */
  readonly source: string;
  /** Before the vendor was asked, in epoch milliseconds: an erasure that was requested since counts as later. */
  readonly receivedAt: number;
  /** Reports, notes and recordings. */
  readonly records: readonly PulledRecord[];
}

/** Writes calls that the vendor never pushed, in the same way as pushes. */
@Injectable()
export class PulledCalls {
  constructor(
    private readonly reader: DeliveryReader,
    private readonly attempts: Attempts,
  ) {}

  /**
   * @param first work in the same transaction, before the calls are written; called once for each try
   * @throws the error of `first`, DatabaseUnavailableError, or PostgreSQL's error when the calls cannot be written
   */
  async write(
    { source, receivedAt, records }: Pull,
    first: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    const body = Buffer.from(stringifyExact(records));
    const delivery = { ...arrive(source, null, body, receivedAt), via: 'pull' as const };
    const read = await this.reader.read(delivery);
    const packed = { read, body: await packBody(body) };
    const failures = await this.attempts.write([packed], (transaction) => first(transaction));
    if (failures.has(packed)) throw failures.get(packed);
  }
}
