// The reads of calls and call_revisions.
import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/reading-database.js';
import { isOfSources, type Viewer } from '../../persistence/sql-conditions.js';
import { type CallFilter, conditionsOf } from './call-filter.js';
import { CALL_COLUMNS, type CallRow, ISO_TIMES } from './call-row.js';

/** A call's place in time order: epoch milliseconds and callId. */
export interface CallPosition {
  readonly occurredAt: number;
  readonly callId: string;
}

export interface RevisionRow {
  readonly revision: number | null;
  readonly received_at: Date;
  readonly delivery_id: string;
  /** JSON text. */
  readonly content: string;
}

/** Of `extra` as it is stored, compressed: up to a hundred times as much as text. */
const LARGEST_PAGE_BYTES = 1_000_000;

const FIND_CALL = {
  name: 'find-call',
  text: `SELECT ${CALL_COLUMNS} FROM calls WHERE call_id = $1 AND ${isOfSources('$2')}`,
  types: ISO_TIMES,
};
// A call may have come from several sources, each content from one of them.
const OF_SOURCES = isOfSources('$3', "content->>'source'");
// Of a content that was erased, its source may be left.
const PAST_CONTENTS = {
  name: 'past-contents',
  text: `SELECT revision, received_at, delivery_id, content::text FROM call_revisions
    WHERE call_id = $1 AND delivery_id < $2 AND content ? 'callId' AND ${OF_SOURCES}
    ORDER BY delivery_id DESC LIMIT $4`,
};

const CONTENT_OF_REVISION = {
  name: 'content-of-revision',
  text: `SELECT revision, received_at, delivery_id, content::text FROM call_revisions
    WHERE call_id = $1 AND revision = $2 AND ${OF_SOURCES}`,
};

@Injectable()
export class CallRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /**
   * The calls after a position, in time order. The page ends early where the unknown fields of its calls grow large:
   * a list of calls with 25 MB each would be no JSON that anybody can hold.
   */
  async list(
    filter: CallFilter,
    viewer: Viewer,
    order: 'asc' | 'desc',
    after: CallPosition | undefined,
    limit: number,
  ): Promise<{ rows: CallRow[]; endsEarly: boolean }> {
    const sql = conditionsOf(filter, viewer);
    if (after !== undefined) {
      const position = `(${sql.instant(after.occurredAt)}, ${sql.parameter(after.callId)})`;
      sql.add(`(occurred_at, call_id) ${order === 'desc' ? '<' : '>'} ${position}`);
    }
    const sorted = `ORDER BY occurred_at ${order}, call_id ${order}`;
    const size = 'coalesce(pg_column_size(extra), 0)';
    const text = `SELECT ${CALL_COLUMNS}, found::int FROM (
        SELECT *, sum(${size}) OVER (${sorted}) - ${size} AS size_before, count(*) OVER () AS found
        FROM (SELECT * FROM calls ${sql.where} ${sorted} LIMIT ${sql.parameter(limit)}) AS page
      ) AS sized WHERE size_before < ${LARGEST_PAGE_BYTES} ${sorted}`;
    const statement = { text, values: sql.values, types: ISO_TIMES };
    const rows = await this.database.read<CallRow & { found: number }>(statement);
    return { rows, endsEarly: rows.length < (rows[0]?.found ?? 0) };
  }

  find(callId: string, { sources }: Viewer): Promise<CallRow | undefined> {
    return this.database.find<CallRow>({ ...FIND_CALL, values: [callId, sources] });
  }

  /**
   * The call, and its other contents before a delivery, newest first: both of one moment. The deliveries' ids are in
   * the order of their arrival. Then, behind the last one, the content that the oldest of these replaced.
   */
  history(
    callId: string,
    { sources }: Viewer,
    beforeDelivery: string,
    limit: number,
  ): Promise<{ call: CallRow; past: RevisionRow[]; replaced: RevisionRow | undefined } | undefined> {
    return this.database.findTogether(async (transaction) => {
      const calls = await transaction.query<CallRow>({ ...FIND_CALL, values: [callId, sources] });
      const [call] = calls.rows;
      if (call === undefined) return undefined;
      const past = await transaction.query<RevisionRow>({
        ...PAST_CONTENTS,
        values: [callId, beforeDelivery, sources, limit],
      });
      const oldest = past.rows.findLast(({ revision }) => revision !== null)?.revision ?? call.revision;
      const replaced = await transaction.query<RevisionRow>({
        ...CONTENT_OF_REVISION,
        values: [callId, oldest - 1, sources],
      });
      return { call, past: past.rows, replaced: replaced.rows[0] };
    });
  }
}
