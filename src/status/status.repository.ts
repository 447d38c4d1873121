import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Database } from '../persistence/connections/database.js';
import { StoredDelivery } from '../persistence/schema/entities/delivery.entities.js';

/** Reads from the database what the status shows and no other module reads. */
@Injectable()
export class StatusRepository {
  constructor(private readonly database: Database) {}

  /**
   * The arrival of the last push in the ledger, in epoch milliseconds. It does not wait for the semaphore of queries,
   * because it also shows whether the database answers.
   */
  async newestPushAt(): Promise<number | undefined> {
    // Ids are in the order of arrival. Replays and erasures are deliveries too, but there are few of them.
    const newest = await this.database.queryEntities((manager) =>
      manager.findOne(StoredDelivery, {
        select: { id: true, receivedAt: true },
        where: { via: In(['direct', 'journal']) },
        order: { id: 'DESC' },
      }),
    );
    return newest?.receivedAt.getTime();
  }
}
