import { Injectable } from '@nestjs/common';
import { CallWriteRepository } from '../ingestion/writing/call-write.repository.js';
import { Database } from '../persistence/connections/database.js';
import type { Statement } from '../persistence/connections/statement.js';
import { ToldChanges } from '../persistence/sql/told-changes.js';

/** Changes the states of recordings, and lets the feed tell their calls again. */
@Injectable()
export class RecordingChangesRepository {
  constructor(
    private readonly database: Database,
    private readonly calls: CallWriteRepository,
  ) {}

  /**
   * Changes recordings of the given calls in one transaction.
   *
   * @param update makes the UPDATE of `call_recordings`, which returns the `call_id` of each row whose state changed,
   *   and sets `change_delivery_id` of these rows to the given id
   * @param first runs in the same transaction before the update
   * @returns the callIds of the rows that the update returned
   */
  change(
    callIds: readonly string[],
    update: (deliveryId: string) => Statement,
    first?: Statement,
  ): Promise<readonly string[]> {
    return this.database.transaction(async (transaction) => {
      // A writer that holds the lock may wait for the position that is drawn below.
      await this.calls.lock(transaction, callIds);
      if (first !== undefined) await transaction.query(first);
      const told = new ToldChanges('recording');
      const { rows } = await transaction.query<{ call_id: string }>(update(told.id));
      const changed = rows.map((row) => row.call_id);
      if (changed.length > 0) await this.calls.tell(transaction, told, changed);
      return changed;
    });
  }
}
