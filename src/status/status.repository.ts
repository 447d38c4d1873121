import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';

/** By the primary key: ids are in the order of arrival. Replays and erasures are deliveries, too, but few. */
const NEWEST_PUSH = {
  name: 'newest-push',
  text: "SELECT received_at FROM deliveries WHERE via IN ('direct', 'journal') ORDER BY id DESC LIMIT 1",
};

@Injectable()
export class StatusRepository {
  constructor(private readonly database: Database) {}

  /** When the last push came that the ledger holds; epoch milliseconds. Asked beside the questions of others: it also tells whether the database answers. */
  async newestPushAt(): Promise<number | undefined> {
    const [row] = await this.database.query<{ received_at: Date }>(NEWEST_PUSH);
    return row?.received_at.getTime();
  }
}
