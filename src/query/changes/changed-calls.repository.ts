import { Injectable } from '@nestjs/common';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { callPage, streamedCallPage } from '../calls/call-page.js';
import type { CallRecordText } from '../calls/call-texts.js';
import type { FeedPlace } from './feed-place.js';
import { type FollowedCalls, followedParameters, IS_FOLLOWED, IS_OR_WAS_FOLLOWED } from './followed-calls.js';

/**
 * A changed call with its current content. `call` is undefined if it was erased, or if it is none of the wanted calls
 * any more.
 */
export interface Change {
  readonly position: number;
  readonly callId: string;
  readonly call: CallRecordText | undefined;
}

/** Takes changes one by one, in their order. */
export interface ChangeTaker {
  /** It need not hold large calls until the page is whole, and ends the page itself. So the statement does not. */
  readonly isStreamed: boolean;
  /** Comes before the first change, and again if all of them are read once more: what was taken is void then. */
  begin(): void;
  /** @returns whether it takes more */
  take(change: Change): boolean;
}

/** What was read. */
export interface PassedChanges {
  readonly count: number;
  /** The last change; undefined if there was none. */
  readonly last: Change | undefined;
  /** There are more changes than were taken. */
  readonly isMore: boolean;
  /** The calls are large, or the taker takes no more, so there may be more. */
  readonly endsEarly: boolean;
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
  /** The most changes. */
  readonly limit: number;
}

/** Must be the same text as the predicate of the index deliveries_told. */
export const CHANGED = "(stored > 0 OR corrected > 0 OR via IN ('erasure', 'recording'))";

const callsOf = (ids: string, columns: string) =>
  `SELECT *, coalesce(change_delivery_id, delivery_id) AS place, coalesce(${IS_FOLLOWED}, false) AS is_followed${columns}
  FROM calls WHERE (change_delivery_id = ${ids} OR (change_delivery_id IS NULL AND delivery_id = ${ids}))
    AND ${IS_OR_WAS_FOLLOWED} OFFSET 0`;
const ERASED_OF = `SELECT *, delivery_id AS place FROM erased_calls
  WHERE delivery_id = ANY($1::uuid[]) AND ($6::text[] IS NULL OR sources && $6::text[])`;
const nextIn = (changes: string, columns = '') => `
  SELECT row.*, d.position${columns} FROM ${changes}
  WHERE (d.position, row.call_id) > ($3::bigint, $4::text)
  ORDER BY d.position, row.call_id LIMIT $5::integer`;
// `FROM unnest($1, $2)` is not possible: Citus 13.2 gives the second column the type of the first one, and returns
// wrong positions.
const joined = (rows: string) =>
  `(SELECT unnest($1::uuid[]) AS id, unnest($2::bigint[]) AS position) AS d JOIN (${rows}) AS row ON row.place = d.id`;
const NEXT_ERASED = nextIn(joined(ERASED_OF));
// The ids are a subselect, and OFFSET 0 is an optimization fence. Otherwise PostgreSQL expects many calls for many
// ids and walks the whole index, or goes through all ids for each call. 5,000 deliveries without a call take 13 ms
// instead of 6 s.
const IDS = 'ANY(ARRAY(SELECT t.id FROM unnest($1::uuid[]) AS t(id)))';
// Delivery by delivery, so that the first calls come before all are sorted. Citus refuses that.
const ONE_BY_ONE = `(SELECT id, position FROM deliveries WHERE position BETWEEN $1 AND $2 AND ${CHANGED}) AS d
  CROSS JOIN LATERAL (${callsOf('d.id', '')}) AS row`;

function nextCalls(
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
  isDistributed: boolean,
  isStreamed: boolean,
): Pick<Statement, 'text' | 'values'> {
  const { fields } = wanted.followed;
  const page =
    isStreamed && !isDistributed
      ? streamedCallPage(fields)
      : callPage(fields, isDistributed ? 'calls' : 'row', isDistributed);
  const statement = (rows: string, values: unknown[]) => ({
    text: page.statement(rows, 'position, call_id', ['call_id', 'position', 'is_followed']),
    values,
  });
  if (isDistributed)
    return statement(nextIn(joined(callsOf(IDS, page.rowColumns))), parametersOf(deliveries, wanted));
  const ends = [deliveries[0]?.position, deliveries.at(-1)?.position];
  return statement(nextIn(ONE_BY_ONE, page.rowColumns), [...ends, ...parametersBehind(wanted)]);
}

/** Reads the calls that deliveries have changed. */
@Injectable()
export class ChangedCallsRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /**
   * Gives the changes of deliveries, in order. Only deliveries of erasures have erased calls, and these deliveries have no
   * others.
   *
   * @param deliveries all that have changed anything, from the first to the last
   */
  async each(
    transaction: Transaction,
    deliveries: readonly ChangedDelivery[],
    wanted: Wanted,
    taker: ChangeTaker,
  ): Promise<PassedChanges> {
    const erasures = deliveries.filter(({ via }) => via === 'erasure');
    const erased = (await nextErased(transaction, erasures, wanted)).values();
    let gone = erased.next();
    const passed: { -readonly [Name in keyof PassedChanges]: PassedChanges[Name] } = {
      count: 0,
      last: undefined,
      isMore: false,
      endsEarly: false,
    };
    let takesMore = true;
    const pass = (change: Change) => {
      passed.isMore = passed.count === wanted.limit || !takesMore;
      if (passed.isMore) return;
      passed.count += 1;
      passed.last = change;
      takesMore = taker.take(change);
    };
    const passErased = (end: number) => {
      for (; gone.done !== true && gone.value.position < end; gone = erased.next()) pass(gone.value);
    };
    const statement = nextCalls(deliveries, wanted, this.nodes.isDistributed, taker.isStreamed);
    await transaction.eachText(statement, ([call, callId, place, isFollowed, isFull]) => {
      const position = Number(place);
      passErased(position);
      pass({ position, callId: callId ?? '', call: isFollowed === 't' ? (call ?? '') : undefined });
      passed.endsEarly = isFull === 't';
      return takesMore;
    });
    // Like the list of calls, this ends early if their unknown fields are large.
    if (!passed.endsEarly) passErased(Infinity);
    passed.endsEarly ||= !takesMore;
    return passed;
  }
}

async function nextErased(
  transaction: Transaction,
  deliveries: readonly ChangedDelivery[],
  wanted: Wanted,
): Promise<Change[]> {
  if (deliveries.length === 0) return [];
  const { rows } = await transaction.query<{ position: string; call_id: string }>({
    text: NEXT_ERASED,
    // Of erased calls, only the sources are known.
    values: parametersOf(deliveries, wanted).slice(0, 6),
  });
  return rows.map((row) => ({ position: Number(row.position), callId: row.call_id, call: undefined }));
}

function parametersOf(deliveries: readonly ChangedDelivery[], wanted: Wanted): unknown[] {
  return [
    deliveries.map(({ id }) => id),
    deliveries.map(({ position }) => position),
    ...parametersBehind(wanted),
  ];
}

/** From $3 on. */
function parametersBehind({ followed, after, limit }: Wanted): unknown[] {
  return [
    after.position,
    after.callId,
    // One more, to know whether there are more.
    limit + 1,
    ...followedParameters(followed),
  ];
}
