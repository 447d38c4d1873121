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
import { Nodes } from '../../persistence/schema/distribution/nodes.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { bytesOfJson, endsEarly, sizedPage, type SizedRow } from '../../persistence/sql/sized-page.js';
import { isOfSources, type Viewer } from '../../security/visible-sources.js';
import { AS_ANSWERED } from '../../persistence/sql/value-parsers.js';
import { SELECTED_CALL } from '../calls/call-fields.js';
import type { CallDto } from '../calls/call.dto.js';

/** A place in the feed: after the call `callId` of the delivery at `position`; '' is before all of its calls. */
export interface FeedPlace {
  readonly position: number;
  readonly callId: string;
}

/** A call as it stands now, or one that was erased or is not the viewer's any more: then `call` is undefined. */
export interface Change {
  readonly position: number;
  readonly callId: string;
  readonly call: CallDto | undefined;
}

/** The changes of some deliveries. */
export interface Stretch {
  readonly changes: readonly Change[];
  /** The place after all that was read. */
  readonly next: FeedPlace;
  /** Nothing is after them. */
  readonly upToDate: boolean;
}

interface ChangedDelivery {
  readonly id: string;
  readonly position: string;
  readonly via: string;
  readonly found: number;
}

/** Which changes of some deliveries. */
interface Wanted {
  readonly viewer: Viewer;
  readonly after: FeedPlace;
  readonly limit: number;
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
// Only a correction can have taken a call from another source. Both are asked where the calls are, and the revisions with them.
const IS_OR_WAS_SEEN = `(${isOfSources('$6', 'calls.source')} OR (calls.revision > 1 AND EXISTS (
  SELECT 1 FROM call_revisions AS past WHERE past.call_id = calls.call_id AND past.content->>'source' = ANY($6::text[]))))`;
// The ids as a subselect, and the fence (OFFSET 0): else PostgreSQL takes the many ids for many calls and walks the
// whole index, or looks through all ids for each of them. 5,000 deliveries without a call: 13 ms instead of 6 s.
const CALLS_OF = `SELECT * FROM calls
  WHERE delivery_id = ANY(ARRAY(SELECT t.id FROM unnest($1::uuid[]) AS t(id))) AND ${IS_OR_WAS_SEEN} OFFSET 0`;
const ERASED_OF = `SELECT * FROM erased_calls
  WHERE delivery_id = ANY($1::uuid[]) AND ($6::text[] IS NULL OR sources && $6::text[])`;
// Not `FROM unnest($1, $2)`: Citus 13.2 takes the second column for one of the first one's type, and gives wrong positions.
const nextOf = (rows: string) => `
  SELECT row.*, d.position FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::bigint[]) AS position) AS d
  JOIN (${rows}) AS row ON row.delivery_id = d.id
  WHERE (d.position, row.call_id) > ($3::bigint, $4::text)
  ORDER BY d.position, row.call_id LIMIT $5::integer`;
const NEXT_CALLS = sizedPage(
  `${SELECTED_CALL}, position`,
  nextOf(CALLS_OF),
  bytesOfJson('extra'),
  'position, call_id',
);
const NEXT_ERASED = nextOf(ERASED_OF);

@Injectable()
export class ChangeRepository {
  /** What every node has committed once it shows for ever: up to this position nobody needs to wait for it again. */
  private committedEverywhere = 0;

  constructor(
    private readonly database: ReadingDatabase,
    private readonly primary: Database,
    private readonly nodes: Nodes,
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
  next(viewer: Viewer, after: FeedPlace, limit: number, mostCalls: number): Promise<Stretch> {
    return this.database.snapshot(async (transaction) => {
      const rows = await nextDeliveries(transaction, after, mostCalls);
      const last = rows.at(-1);
      if (last === undefined) return { changes: [], next: after, upToDate: true };
      if (this.nodes.areSeveral && this.isInDoubt(Number(last.position))) await this.catchUp(transaction);
      const { changes, endsEarly } = await changesOf(transaction, rows, { viewer, after, limit: limit + 1 });
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
    if (this.isInDoubt(newest)) await this.nodes.catchUp(transaction);
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

/** An erasure's delivery brings no calls, and no other delivery erases any. */
async function changesOf(
  transaction: Transaction,
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
): Promise<{ changes: Change[]; endsEarly: boolean }> {
  const { calls, endsEarly } = await nextCalls(
    transaction,
    deliveries.filter(({ via }) => via !== 'erasure'),
    wanted,
  );
  const erased = await nextErased(
    transaction,
    deliveries.filter(({ via }) => via === 'erasure'),
    wanted,
  );
  const changes = [...calls, ...erased].sort((a, b) => a.position - b.position);
  const lastCall = calls.at(-1);
  if (!endsEarly || lastCall === undefined) return { changes, endsEarly: false };
  return { changes: changes.slice(0, changes.indexOf(lastCall) + 1), endsEarly };
}

/** They end early where their unknown fields grow large, as the list of calls does. */
async function nextCalls(
  transaction: Transaction,
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
): Promise<{ calls: Change[]; endsEarly: boolean }> {
  if (deliveries.length === 0) return { calls: [], endsEarly: false };
  const { rows } = await transaction.query<CallDto & SizedRow & { position: string | undefined }>({
    text: NEXT_CALLS,
    values: parametersOf(deliveries, wanted),
    types: AS_ANSWERED,
  });
  const { sources } = wanted.viewer;
  const endsThere = endsEarly(rows);
  const calls = rows.map((call) => {
    const position = Number(call.position);
    call.position = call.found = undefined;
    const isSeen = sources === null || sources.includes(call.source);
    return { position, callId: call.callId, call: isSeen ? call : undefined };
  });
  return { calls, endsEarly: endsThere };
}

async function nextErased(
  transaction: Transaction,
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
): Promise<Change[]> {
  if (deliveries.length === 0) return [];
  const { rows } = await transaction.query<{ position: string; call_id: string }>({
    text: NEXT_ERASED,
    values: parametersOf(deliveries, wanted),
  });
  return rows.map((row) => ({ position: Number(row.position), callId: row.call_id, call: undefined }));
}

function parametersOf(deliveries: readonly ChangedDelivery[], { viewer, after, limit }: Wanted): unknown[] {
  return [
    deliveries.map(({ id }) => id),
    deliveries.map(({ position }) => position),
    after.position,
    after.callId,
    limit,
    viewer.sources,
  ];
}
