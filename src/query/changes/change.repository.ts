// Reads the changes after a place in the feed.
//
// Why a reader misses no change: the feed is the deliveries in the order of their positions. Each delivery has the
// calls whose row, note or recording it was the last to write.
// - Positions become visible in order, because they are drawn under a lock that is held until the commit. Who sees
//   a position sees every smaller one that will ever exist. Gaps stay gaps. The time when a delivery was received
//   does not matter.
// - A row refers to a delivery only after that delivery's own transaction. So the calls of a visible position can
//   only become fewer, by a correction, a note, a recording or an erasure. These have a position that is greater than all positions that
//   were visible before. A reader that has passed such a call, or is in the middle of a delivery, finds the call
//   again at the later position.
// - Deliveries and calls are read in one snapshot, and the next place is after what this snapshot shows. If the
//   calls are on other nodes (Citus), they are read later, when these nodes have committed the same deliveries
//   (`ClusterNodes`). In that time the calls can only have become fewer.
//
// A viewer of some sources gets only the calls of these sources. If a correction of another source takes over a
// call, the viewer gets it as erased, provided that the viewer may have seen it before.
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import {
  CHANGED,
  ChangedCallsRepository,
  type ChangedDelivery,
  type ChangeTaker,
} from './changed-calls.repository.js';
import type { FeedPlace } from './feed-place.js';
import type { FollowedCalls } from './followed-calls.js';

/** What was read of the next deliveries. */
export interface NextChanges {
  /** How many changes there were. */
  readonly count: number;
  /** The place after everything that was read. */
  readonly next: FeedPlace;
  /** There are no further changes for now. */
  readonly upToDate: boolean;
  /** There are fewer than asked for, because their calls are large or the taker takes no more. */
  readonly isLarge: boolean;
}

/** The most deliveries that a step reads. If all their calls have been changed again since, that takes 20 ms. */
const MOST_DELIVERIES = 5000;
/**
 * A step first reads this number of deliveries, or one for every 20 calls if that is more. They mostly have enough calls
 * for a page, and take 0.2 to 0.7 ms instead of 5 ms.
 */
const FIRST_DELIVERIES = 100;
const USUAL_CALLS = 20;

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
      SELECT *, sum(calls) OVER (ORDER BY position) - calls AS calls_before, count(*) OVER () AS found
      FROM (SELECT id, position, via, stored + corrected + (via = 'recording')::int AS calls
        FROM deliveries WHERE ${CHANGED} AND position >= $1 ORDER BY position LIMIT $3) AS next
    ) AS counted WHERE calls_before < $2 ORDER BY position`,
};
/** What reads the feed. */
type FeedServer = Pick<ReadingDatabase, 'read' | 'snapshot'>;

@Injectable()
export class ChangeRepository {
  /**
   * All nodes have committed the deliveries up to this position, so that no reader needs to wait for them again.
   */
  private committedEverywhere = 0;

  constructor(
    @Inject(ReadingDatabase) private readonly database: FeedServer,
    private readonly primary: Database,
    private readonly nodes: ClusterNodes,
    private readonly changed: ChangedCallsRepository,
  ) {}

  /** The position of the newest delivery that changed anything; 0 when there is none. */
  async newest(): Promise<number> {
    const [row] = await this.database.read<{ position: string }>(NEWEST);
    return Number(row?.position ?? 0);
  }

  /**
   * Returns the newest position whose changes, with all earlier ones, are visible to every later read of the calls.
   */
  end(): Promise<number> {
    return this.database.snapshot((transaction) => this.catchUp(transaction));
  }

  /**
   * Returns the last position that was drawn, committed or not. No cursor of this ledger is more than one beyond
   * it. It is read from the primary, because a read replica may not have it yet.
   */
  async lastDrawn(): Promise<number> {
    const [row] = await this.primary.query<{ position: string }>(LAST_DRAWN);
    return Number(row?.position ?? 0);
  }

  /**
   * Gives the changes of the next deliveries. There may be none, although later deliveries have some: the calls
   * may all have been changed again since.
   *
   * @param limit the most changes
   * @param mostCalls no further delivery is read when the deliveries have this number of calls together; 50,000
   *   calls take 60 ms
   */
  next(
    followed: FollowedCalls,
    after: FeedPlace,
    limit: number,
    mostCalls: number,
    taker: ChangeTaker,
  ): Promise<NextChanges> {
    return this.database.snapshot(async (transaction) => {
      taker.begin();
      const rows = await nextDeliveries(transaction, after, mostCalls);
      const last = rows.at(-1);
      if (last === undefined) return { count: 0, next: after, upToDate: true, isLarge: false };
      if (this.nodes.isDistributed && this.isInDoubt(Number(last.position))) await this.catchUp(transaction);
      const wanted = { followed, after, limit };
      const passed = await this.changed.each(transaction, rows, wanted, taker);
      const { count, last: lastChange, isMore, endsEarly } = passed;
      if (lastChange !== undefined && (isMore || endsEarly)) {
        const { position, callId } = lastChange;
        return { count, next: { position, callId }, upToDate: false, isLarge: endsEarly };
      }
      const isEnd = rows.length === last.found && last.found < MOST_DELIVERIES;
      return {
        count,
        next: { position: Number(last.position) + 1, callId: '' },
        upToDate: isEnd,
        isLarge: false,
      };
    });
  }

  /**
   * @returns the newest position that the transaction sees, once the calls of all positions up to it can be read
   */
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
  const first = Math.min(Math.max(FIRST_DELIVERIES, Math.ceil(mostCalls / USUAL_CALLS)), MOST_DELIVERIES);
  const rows = await among(first);
  // If there are fewer rows than asked for, they have enough calls, or there are no more deliveries.
  return rows.length < first ? rows : among(MOST_DELIVERIES);
}
