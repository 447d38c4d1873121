import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import type { ToldChanges } from '../../persistence/sql/told-changes.js';
import { type CallRow, CALLS } from './call-columns.js';
import type { CallState } from './call-state.js';
import { MessageWriteRepository } from './message-write.repository.js';

const MOVE = {
  name: 'move-calls-in-feed',
  text: `UPDATE calls SET change_delivery_id = t.delivery_id
    FROM (SELECT unnest($1::text[]) AS call_id, unnest($2::uuid[]) AS delivery_id) AS t
    WHERE calls.call_id = t.call_id RETURNING calls.call_id`,
};

/** Writes `calls` and `call_revisions`. */
@Injectable()
export class CallWriteRepository extends MessageWriteRepository<CallState, CallRow> {
  constructor(nodes: ClusterNodes) {
    super(nodes, CALLS);
  }

  /**
   * Moves calls to the places of other deliveries in the feed.
   *
   * @param places the ids of the deliveries, by callId
   * @returns the callIds of the calls that were found
   */
  async moveInFeed(
    transaction: Transaction,
    places: ReadonlyMap<string, string>,
  ): Promise<ReadonlySet<string>> {
    const values = [[...places.keys()], [...places.values()]];
    const { rows } = await transaction.query<{ call_id: string }>({ ...MOVE, values });
    return new Set(rows.map((row) => row.call_id));
  }

  /**
   * Inserts a delivery without records, and moves calls to its place in the feed. Take the locks of the calls before.
   * From then to the commit, nobody else can draw a position.
   */
  async tell(transaction: Transaction, told: ToldChanges, callIds: readonly string[]): Promise<void> {
    const places = new Map(callIds.map((callId) => [callId, told.id]));
    // Most calls are moved before the position is drawn, so that others need not wait for that.
    const found = await this.moveInFeed(transaction, places);
    await transaction.query(told.insert);
    const missing = new Map([...places].filter(([callId]) => !found.has(callId)));
    // A report that is not visible now either comes later in the feed than this delivery.
    if (missing.size > 0) await this.moveInFeed(transaction, missing);
  }
}
