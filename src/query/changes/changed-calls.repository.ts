import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { isOfSources } from '../../security/visible-sources.js';
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import { callPage } from '../calls/call-page.js';
import type { CallTexts } from '../calls/call-texts.js';

/**
 * A place in the feed: after the call `callId` of the delivery at `position`. '' is the place before all of its
 * calls.
 */
export interface FeedPlace {
  readonly position: number;
  readonly callId: string;
}

/**
 * A changed call with its current content. `call` is undefined if it was erased, or if it is none of the wanted calls
 * any more.
 */
export interface Change {
  readonly position: number;
  readonly callId: string;
  readonly call: CallTexts | undefined;
}

/** Which calls to follow. Null: all sources, all tasks, or all intents. */
export interface FollowedCalls {
  readonly sources: readonly string[] | null;
  readonly taskIds: readonly string[] | null;
  readonly intents: readonly string[] | null;
  /** The fields to read; undefined: all. */
  readonly fields?: readonly CallField[] | undefined;
}

export interface ChangedDelivery {
  readonly id: string;
  readonly position: string;
  readonly via: string;
  readonly found: number;
}

/** Which changes to read. */
interface Wanted {
  readonly followed: FollowedCalls;
  readonly after: FeedPlace;
  readonly limit: number;
}

const IS_REPORT = `(${isOfSources('$6', 'calls.source')} AND ($7::text[] IS NULL OR calls.task_id = ANY($7::text[])))`;
const IS_NOTE = `($8::text[] IS NULL OR EXISTS (SELECT 1 FROM call_notes n
  WHERE n.call_id = calls.call_id AND n.major_intent = ANY($8::text[])))`;
const IS_FOLLOWED = `(${IS_REPORT} AND ${IS_NOTE})`;
// Only a correction can change the source or the task of a call. All conditions are checked on the node that has the
// call and its revisions. A content that was erased has kept its source alone.
const WAS_REPORT = `${isOfSources('$6', "past.content->>'source'")}
  AND ($7::text[] IS NULL OR NOT past.content ? 'callId' OR past.content->>'taskId' = ANY($7::text[]))`;
// A reader may have got the call with any of its reports and any of its notes.
const IS_OR_WAS_FOLLOWED = `(${IS_REPORT} OR (calls.revision > 1 AND EXISTS (
    SELECT 1 FROM call_revisions AS past WHERE past.call_id = calls.call_id AND ${WAS_REPORT})))
  AND (${IS_NOTE} OR EXISTS (SELECT 1 FROM message_revisions m WHERE m.call_id = calls.call_id
    AND m.message = 'note' AND m.content->>'majorIntent' = ANY($8::text[])))`;
// The ids are a subselect, and OFFSET 0 is an optimization fence. Otherwise PostgreSQL expects many calls for many
// ids and walks the whole index, or goes through all ids for each call. 5,000 deliveries without a call take 13 ms
// instead of 6 s.
const IDS = 'ANY(ARRAY(SELECT t.id FROM unnest($1::uuid[]) AS t(id)))';
const callsOf = (columns: string) =>
  `SELECT *, coalesce(change_delivery_id, delivery_id) AS place, coalesce(${IS_FOLLOWED}, false) AS is_followed${columns}
  FROM calls WHERE (change_delivery_id = ${IDS} OR (change_delivery_id IS NULL AND delivery_id = ${IDS}))
    AND ${IS_OR_WAS_FOLLOWED} OFFSET 0`;
const ERASED_OF = `SELECT *, delivery_id AS place FROM erased_calls
  WHERE delivery_id = ANY($1::uuid[]) AND ($6::text[] IS NULL OR sources && $6::text[])`;
// `FROM unnest($1, $2)` is not possible: Citus 13.2 gives the second column the type of the first one, and returns
// wrong positions.
const nextOf = (rows: string, columns = '') => `
  SELECT row.*, d.position${columns} FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::bigint[]) AS position) AS d
  JOIN (${rows}) AS row ON row.place = d.id
  WHERE (d.position, row.call_id) > ($3::bigint, $4::text)
  ORDER BY d.position, row.call_id LIMIT $5::integer`;
const NEXT_ERASED = nextOf(ERASED_OF);

function nextCallsOf(fields: FollowedCalls['fields'], isDistributed: boolean): string {
  const page = callPage(fields, isDistributed ? 'calls' : 'row', isDistributed);
  const rows = isDistributed ? nextOf(callsOf(page.rowColumns)) : nextOf(callsOf(''), page.rowColumns);
  return page.statement(rows, 'position, call_id', ['position', 'is_followed']);
}

/** Reads the calls that deliveries have changed. */
@Injectable()
export class ChangedCallsRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /** Returns the changes of deliveries, in order. Only deliveries of erasures have erased calls. */
  async of(
    transaction: Transaction,
    deliveries: readonly ChangedDelivery[],
    wanted: Wanted,
  ): Promise<{ changes: Change[]; endsEarly: boolean }> {
    const text = nextCallsOf(wanted.followed.fields, this.nodes.isDistributed);
    const { calls, endsEarly } = await nextCalls(transaction, text, deliveries, wanted);
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
}

/** Where the further columns of {@link nextCallsOf} are. */
const [POSITION, IS_NOW_FOLLOWED, FOUND] = [
  CALL_FIELDS.length,
  CALL_FIELDS.length + 1,
  CALL_FIELDS.length + 2,
];
const CALL_ID = CALL_FIELDS.indexOf('callId');

/** Reads the calls. Like the list of calls, it ends early if their unknown fields are large. */
async function nextCalls(
  transaction: Transaction,
  text: string,
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
): Promise<{ calls: Change[]; endsEarly: boolean }> {
  if (deliveries.length === 0) return { calls: [], endsEarly: false };
  const rows = await transaction.texts({ text, values: parametersOf(deliveries, wanted) });
  const calls = rows.map((row) => ({
    position: Number(row[POSITION]),
    callId: row[CALL_ID] ?? '',
    call: row[IS_NOW_FOLLOWED] === 't' ? row : undefined,
  }));
  return { calls, endsEarly: rows.length < Number(rows[0]?.[FOUND] ?? 0) };
}

async function nextErased(
  transaction: Transaction,
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
): Promise<Change[]> {
  if (deliveries.length === 0) return [];
  const { rows } = await transaction.query<{ position: string; call_id: string }>({
    text: NEXT_ERASED,
    // The tasks and intents of erased calls are not known any more.
    values: parametersOf(deliveries, wanted).slice(0, -2),
  });
  return rows.map((row) => ({ position: Number(row.position), callId: row.call_id, call: undefined }));
}

function parametersOf(deliveries: readonly ChangedDelivery[], { followed, after, limit }: Wanted): unknown[] {
  return [
    deliveries.map(({ id }) => id),
    deliveries.map(({ position }) => position),
    after.position,
    after.callId,
    limit,
    followed.sources,
    followed.taskIds,
    followed.intents,
  ];
}
