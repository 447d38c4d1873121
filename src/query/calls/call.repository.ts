import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { bytesOfJson, endsEarly, sizedPage, type SizedRow } from '../../persistence/sql/sized-page.js';
import { isOfSources, type Viewer } from '../../security/visible-sources.js';
import { AS_ANSWERED } from '../../persistence/sql/value-parsers.js';
import { type CallFilter, conditionsOf } from './call-filter.js';
import { CALL_FIELDS, type CallField, SELECTED_CALL } from './call-fields.js';
import { inTime, placeInMoment } from './call-order.js';
import { callPage } from './call-page.js';
import type { CallTexts } from './call-texts.js';
import type { CallDto } from './call.dto.js';

/** A call's place in time order: epoch milliseconds and callId. */
export interface CallPosition {
  readonly occurredAt: number;
  readonly callId: string;
}

/** How many calls to read, and which fields of them; undefined: all. */
interface CallPart {
  readonly limit: number;
  readonly fields: readonly CallField[] | undefined;
}

export interface RevisionRow {
  readonly revision: number | null;
  readonly received_at: Date;
  readonly delivery_id: string;
  /** JSON text. */
  readonly content: string;
}

/** A call and its earlier contents. */
export interface History {
  readonly call: CallDto;
  readonly past: readonly RevisionRow[];
  /** There are more contents, although fewer were read than the limit allows. */
  readonly endsEarly: boolean;
  /** The content that the oldest of these replaced. */
  readonly replaced: RevisionRow | undefined;
}

/** Where the number of rows without the limit on bytes stands. */
const FOUND = CALL_FIELDS.length;

const FIND_CALL = {
  name: 'find-call',
  text: `SELECT ${SELECTED_CALL} FROM calls WHERE call_id = $1 AND ${isOfSources('$2')}`,
  types: AS_ANSWERED,
};
// The contents of a call may come from several sources, each content from one source.
const OF_SOURCES = isOfSources('$3', "content->>'source'");
// An erased content may still have its source, but it has no callId.
const PAST_CONTENTS = {
  name: 'past-contents',
  text: sizedPage(
    'revision, received_at, delivery_id, content::text',
    `SELECT * FROM call_revisions
      WHERE call_id = $1 AND delivery_id < $2 AND content ? 'callId' AND ${OF_SOURCES}
      ORDER BY delivery_id DESC LIMIT $4`,
    bytesOfJson('content'),
    'delivery_id DESC',
  ),
};

const CONTENT_OF_REVISION = {
  name: 'content-of-revision',
  text: `SELECT revision, received_at, delivery_id, content::text FROM call_revisions
    WHERE call_id = $1 AND revision = $2 AND ${OF_SOURCES}`,
};

@Injectable()
export class CallRepository {
  constructor(
    private readonly database: ReadingDatabase,
    private readonly nodes: ClusterNodes,
  ) {}

  /**
   * Returns the calls after a position, in time order. The page ends early if the unknown fields of its calls are
   * large.
   */
  async list(
    filter: CallFilter,
    viewer: Viewer,
    order: 'asc' | 'desc',
    after: CallPosition | undefined,
    { limit, fields }: CallPart,
  ): Promise<{ calls: CallTexts[]; endsEarly: boolean }> {
    const sql = conditionsOf(after === undefined ? filter : withoutPassed(filter, order, after), viewer);
    if (after !== undefined) {
      const [time, callId] = [sql.instant(after.occurredAt), sql.parameter(after.callId)];
      const position = `(${time}, ${placeInMoment(callId)}, ${callId})`;
      sql.add(
        `(occurred_at, ${placeInMoment('call_id')}, call_id) ${order === 'desc' ? '<' : '>'} ${position}`,
      );
    }
    const sorted = inTime(order, 'place');
    const page = callPage(fields, 'calls', this.nodes.isDistributed);
    const calls = `SELECT *, ${placeInMoment('call_id')} AS place${page.rowColumns} FROM calls ${sql.where}
      ORDER BY ${sorted} LIMIT ${sql.parameter(limit)}`;
    const text = page.statement(calls, sorted);
    const rows = await this.database.readTexts({ text, values: sql.values });
    return { calls: rows, endsEarly: rows.length < Number(rows[0]?.[FOUND] ?? 0) };
  }

  find(callId: string, { sources }: Viewer): Promise<CallDto | undefined> {
    return this.database.find<CallDto>({ ...FIND_CALL, values: [callId, sources] });
  }

  /**
   * Returns a call and its other contents before a delivery, newest first, from one snapshot. Ids of deliveries are
   * in the order of arrival. The contents end early if they are large. `replaced` is the content that the oldest of
   * them replaced.
   */
  history(
    callId: string,
    { sources }: Viewer,
    beforeDelivery: string,
    limit: number,
  ): Promise<History | undefined> {
    return this.database.findInSnapshot(async (transaction) => {
      const calls = await transaction.query<CallDto>({ ...FIND_CALL, values: [callId, sources] });
      const [call] = calls.rows;
      if (call === undefined) return undefined;
      const past = await transaction.query<RevisionRow & SizedRow>({
        ...PAST_CONTENTS,
        values: [callId, beforeDelivery, sources, limit],
      });
      const oldest = past.rows.findLast(({ revision }) => revision !== null)?.revision ?? call.revision;
      const replaced = await transaction.query<RevisionRow>({
        ...CONTENT_OF_REVISION,
        values: [callId, oldest - 1, sources],
      });
      return { call, past: past.rows, endsEarly: endsEarly(past.rows), replaced: replaced.rows[0] };
    });
  }
}

/**
 * The filter without the end of its range that a position is past. PostgreSQL would otherwise walk an index from that
 * end to the position.
 */
function withoutPassed(filter: CallFilter, order: 'asc' | 'desc', { occurredAt }: CallPosition): CallFilter {
  const { from = -Infinity, to = Infinity } = filter;
  if (order === 'asc') return from <= occurredAt ? { ...filter, from: undefined } : filter;
  return to > occurredAt ? { ...filter, to: undefined } : filter;
}
