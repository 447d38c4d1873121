// A place in the feed of changes in, the changes after it out.
//
// Why none is missed. The feed is the deliveries in the order of their positions, and with each the calls whose row it
// wrote last.
// - Positions become visible in order: they are drawn under a lock that is held to the commit, so whoever sees one sees
//   every smaller one that will ever be. Gaps stay gaps. When a delivery was received does not matter here.
// - A row names a delivery only from that delivery's own transaction on, so the calls of a position that is visible can
//   only become fewer: by a correction or an erasure, whose position is greater than all that were visible before it.
//   Whoever has passed a call, or stands in the middle of a delivery, finds it again there.
// - Deliveries and calls are read at one moment (one snapshot), and the next place is after what was read then. Where the calls
//   are on other nodes, they are read at a later moment, when these have committed what the deliveries say (Nodes): they can
//   only have become fewer.
// Who sees some sources only is told the calls of these. A call that a correction of another source took over is gone for
// them: it is told as erased, to those who may have been told it before.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import type { Viewer } from '../../security/visible-sources.js';
import {
  type Change,
  type ChangedDelivery,
  ChangedCallsRepository,
  type FeedPlace,
} from './changed-calls.repository.js';

/** The changes of the next deliveries. */
export interface NextChanges {
  readonly changes: readonly Change[];
  /** The place after all that was read. */
  readonly next: FeedPlace;
  /** Nothing is after them. */
  readonly upToDate: boolean;
}

/** What a step reads of deliveries: the most of which no call is theirs any more take 20 ms. */
const MOST_DELIVERIES = 5000;
/** These mostly hold enough calls for a page, and take 0.2 ms instead of 5. */
const FIRST_DELIVERIES = 100;

/** Word for word the predicate of the index deliveries_changes. */
const CHANGED = "(stored > 0 OR corrected > 0 OR via = 'erasure')";
const NEWEST = {
  name: 'newest-change',
  text: `SELECT coalesce(max(position), 0) AS position FROM deliveries WHERE ${CHANGED}`,
};
const LAST_DRAWN = {
  name: 'last-drawn-position',
  text: "SELECT coalesce(pg_sequence_last_value('delivery_positions'), 0) AS position",
};
const NEXT_DELIVERIES = {
  name: 'next-changed-deliveries',
  text: `SELECT id, position, via, found::int FROM (
      SELECT *, sum(stored + corrected) OVER (ORDER BY position) - stored - corrected AS calls_before,
        count(*) OVER () AS found
      FROM (SELECT id, position, via, stored, corrected FROM deliveries WHERE ${CHANGED} AND position >= $1
        ORDER BY position LIMIT $3) AS next
    ) AS counted WHERE calls_before < $2 ORDER BY position`,
};
@Injectable()
export class ChangeRepository {
  /** What every node has committed once it shows for ever: up to this position nobody needs to wait for it again. */
  private committedEverywhere = 0;

  constructor(
    private readonly database: ReadingDatabase,
    private readonly primary: Database,
    private readonly nodes: ClusterNodes,
    private readonly changed: ChangedCallsRepository,
  ) {}

  /** The position of the newest delivery that changed anything; 0 when there is none. */
  async newest(): Promise<number> {
    const [row] = await this.database.read<{ position: string }>(NEWEST);
    return Number(row?.position ?? 0);
  }

  /** The position up to which whoever reads the calls from now on finds all that was changed. */
  end(): Promise<number> {
    return this.database.snapshot((transaction) => this.catchUp(transaction));
  }

  /**
   * The last position that was handed out, committed or not: no cursor of this ledger is more than one beyond it. A replica
   * may not know of it yet.
   */
  async lastDrawn(): Promise<number> {
    const [row] = await this.primary.query<{ position: string }>(LAST_DRAWN);
    return Number(row?.position ?? 0);
  }

  /**
   * The changes of the next deliveries. There may be none, though there are more after them: their calls may all have
   * been changed again since.
   *
   * @param limit most changes
   * @param mostCalls once the next deliveries brought so many calls, no further one is looked at; 50,000 take 60 ms
   */
  next(viewer: Viewer, after: FeedPlace, limit: number, mostCalls: number): Promise<NextChanges> {
    return this.database.snapshot(async (transaction) => {
      const rows = await nextDeliveries(transaction, after, mostCalls);
      const last = rows.at(-1);
      if (last === undefined) return { changes: [], next: after, upToDate: true };
      if (this.nodes.isDistributed && this.isInDoubt(Number(last.position))) await this.catchUp(transaction);
      const { changes, endsEarly } = await this.changed.of(transaction, rows, {
        viewer,
        after,
        limit: limit + 1,
      });
      const page = changes.slice(0, limit);
      const lastOfPage = page.at(-1);
      if (lastOfPage !== undefined && (endsEarly || changes.length > limit)) {
        const { position, callId } = lastOfPage;
        return { changes: page, next: { position, callId }, upToDate: false };
      }
      const isEnd = rows.length === last.found && last.found < MOST_DELIVERIES;
      return { changes, next: { position: Number(last.position) + 1, callId: '' }, upToDate: isEnd };
    });
  }

  /** @returns the newest position that the transaction sees, when the calls of all up to it can be read */
  private async catchUp(transaction: Transaction): Promise<number> {
    const { rows } = await transaction.query<{ position: string }>(NEWEST);
    const newest = Number(rows[0]?.position ?? 0);
    if (this.isInDoubt(newest)) await this.nodes.awaitCommits(transaction);
    this.committedEverywhere = Math.max(this.committedEverywhere, newest);
    return newest;
  }

  private isInDoubt(position: number): boolean {
    return position > this.committedEverywhere;
  }
}

async function nextDeliveries(
  transaction: Transaction,
  { position }: FeedPlace,
  mostCalls: number,
): Promise<ChangedDelivery[]> {
  const among = async (most: number) => {
    const values = [position, mostCalls, most];
    return (await transaction.query<ChangedDelivery>({ ...NEXT_DELIVERIES, values })).rows;
  };
  const rows = await among(FIRST_DELIVERIES);
  // Fewer hold enough calls, or there are no more.
  return rows.length < FIRST_DELIVERIES ? rows : among(MOST_DELIVERIES);
}
