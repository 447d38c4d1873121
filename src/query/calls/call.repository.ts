import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { bytesOfJson, endsEarly, sizedPage, type SizedRow } from '../../persistence/sql/sized-page.js';
import { isOfSources, type Viewer } from '../../security/visible-sources.js';
import { AS_ANSWERED } from '../../persistence/sql/value-parsers.js';
import { type CallFilter, conditionsOf } from './call-filter.js';
import { areSorted } from './received-calls.js';
import { idsWithTags } from './tagged-calls.js';
import { LABELS_OF_CALL, type LabelRow } from '../labels/label.repository.js';
import { callRecord, SELECTED_CALL } from './call-fields.js';
import { inTime, placeInMoment } from './call-order.js';
import { CURRENT_MESSAGES, noteOf, recordingOf } from './call-messages.js';
import type { ListedField } from './call-names.js';
import { callPage } from './call-page.js';
import type { CallRecordText } from './call-texts.js';
import type { CallDto } from './call.dto.js';

/** A call's place in time order: epoch milliseconds and callId. */
export interface CallPosition {
  readonly occurredAt: number;
  readonly callId: string;
}

/** How many calls to read, and which fields of them; undefined: all. */
interface CallPart {
  readonly limit: number;
  readonly fields: readonly ListedField[] | undefined;
}

/** A call with its names. */
export interface FoundCall {
  readonly call: CallRecordText;
  /** The labels of its task and its batch; undefined: they were not read with it. */
  readonly labels: readonly LabelRow[] | undefined;
}

/** A place in the history of a call: a message of a delivery. */
export interface HistoryPlace {
  readonly deliveryId: string;
  readonly message: string;
}

export interface RevisionRow {
  /** `report`, `note` or `recording`. */
  readonly message: string;
  readonly revision: number | null;
  readonly received_at: Date;
  readonly delivery_id: string;
  /** JSON text. */
  readonly content: string;
}

/** A call with its messages, and their earlier contents. */
export interface History {
  readonly call: CallDto;
  /** The current contents of its note and its recording. */
  readonly current: readonly RevisionRow[];
  readonly past: readonly RevisionRow[];
  /** There are more contents, although fewer were read than the limit allows. */
  readonly endsEarly: boolean;
  /** The contents that the oldest of each message replaced. */
  readonly replaced: readonly RevisionRow[];
}

const RECORD = callRecord({ note: noteOf('calls'), recording: recordingOf('calls') });
const findNamed = (name: string, labels: string) => ({
  name,
  text: `SELECT ${RECORD}, ${labels} FROM calls WHERE call_id = $1 AND ${isOfSources('$2')}`,
});
const FIND_NAMED = findNamed('find-named-call', LABELS_OF_CALL);
// Citus refuses a subselect of a table that is not distributed.
const FIND_DISTRIBUTED = findNamed('find-distributed-call', 'NULL');
const FIND_CALL = {
  name: 'find-call',
  text: `SELECT ${SELECTED_CALL} FROM calls WHERE call_id = $1 AND ${isOfSources('$2')}`,
  types: AS_ANSWERED,
};
// The contents of a call may come from several sources, each content from one source.
const OF_SOURCES = isOfSources('$3', "content->>'source'");
const ALL_PAST = `(SELECT 'report' AS message, revision, received_at, delivery_id, content
    FROM call_revisions WHERE call_id = $1
  UNION ALL SELECT message, revision, received_at, delivery_id, content
    FROM message_revisions WHERE call_id = $1) AS past`;
// An erased content may still have its source, but it has no callId.
const PAST_CONTENTS = {
  name: 'past-contents',
  text: sizedPage(
    'message, revision, received_at, delivery_id, content::text',
    `SELECT * FROM ${ALL_PAST}
      WHERE (delivery_id, message) < ($2::uuid, $5::text) AND content ? 'callId' AND ${OF_SOURCES}
      ORDER BY delivery_id DESC, message DESC LIMIT $4`,
    bytesOfJson('content'),
    'delivery_id DESC, message DESC',
  ),
};
const REPLACED_CONTENTS = {
  name: 'replaced-contents',
  text: `SELECT message, revision, received_at, delivery_id, content::text FROM ${ALL_PAST}
    WHERE (message, revision) IN (SELECT unnest($2::text[]), unnest($4::integer[])) AND ${OF_SOURCES}`,
};
const CURRENT = { name: 'current-messages', text: CURRENT_MESSAGES };

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
  ): Promise<{ calls: CallRecordText[]; endsEarly: boolean }> {
    const sql = conditionsOf(after === undefined ? filter : withoutPassed(filter, order, after), viewer);
    sql.oneOf('call_id', await idsWithTags(this.database, filter, this.nodes.isDistributed));
    if (after !== undefined) {
      const [time, callId] = [sql.instant(after.occurredAt), sql.parameter(after.callId)];
      const position = `(${time}, ${placeInMoment(callId)}, ${callId})`;
      sql.add(
        `(occurred_at, ${placeInMoment('call_id')}, call_id) ${order === 'desc' ? '<' : '>'} ${position}`,
      );
    }
    const sorted = inTime(order, 'place');
    const page = callPage(fields, 'calls', this.nodes.isDistributed);
    const mayBeSorted = after === undefined && !this.nodes.isDistributed;
    const isSorted = mayBeSorted && (await areSorted(this.database, filter, order));
    // OFFSET 0 is an optimization fence: all calls are read before they are sorted.
    const found = isSorted ? `(SELECT * FROM calls ${sql.where} OFFSET 0) AS calls` : `calls ${sql.where}`;
    const calls = `SELECT *, ${placeInMoment('call_id')} AS place${page.rowColumns} FROM ${found}
      ORDER BY ${sorted} LIMIT ${sql.parameter(limit)}`;
    const text = page.statement(calls, sorted);
    const rows = await this.database.readTexts({ text, values: sql.values });
    return { calls: rows.map(([call]) => call ?? ''), endsEarly: rows.at(-1)?.[1] === 't' };
  }

  async find(callId: string, { sources }: Viewer): Promise<FoundCall | undefined> {
    const statement = this.nodes.isDistributed ? FIND_DISTRIBUTED : FIND_NAMED;
    const row = await this.database.findTexts({ ...statement, values: [callId, sources] });
    if (row === undefined) return undefined;
    const [call, labels] = row;
    return { call: call ?? '', labels: labels == null ? undefined : (JSON.parse(labels) as LabelRow[]) };
  }

  /**
   * Returns a call with its note and its recording, and their other contents before a place, newest first, from one
   * snapshot. Ids of deliveries are in the order of arrival. The contents end early if they are large.
   */
  history(
    callId: string,
    { sources }: Viewer,
    before: HistoryPlace,
    limit: number,
  ): Promise<History | undefined> {
    return this.database.findInSnapshot(async (transaction) => {
      const calls = await transaction.query<CallDto>({ ...FIND_CALL, values: [callId, sources] });
      const [call] = calls.rows;
      if (call === undefined) return undefined;
      const current = await transaction.query<RevisionRow>({ ...CURRENT, values: [callId] });
      const past = await transaction.query<RevisionRow & SizedRow>({
        ...PAST_CONTENTS,
        values: [callId, before.deliveryId, sources, limit, before.message],
      });
      const wanted = new Map(
        [{ message: 'report', revision: call.revision }, ...current.rows, ...past.rows].map((row) => [
          row.message,
          row.revision,
        ]),
      );
      for (const { message, revision } of past.rows) if (revision !== null) wanted.set(message, revision);
      const revisions = [...wanted.values()].map((revision) => (revision ?? 0) - 1);
      const replaced = await transaction.query<RevisionRow>({
        ...REPLACED_CONTENTS,
        values: [callId, [...wanted.keys()], sources, revisions],
      });
      return {
        call,
        current: current.rows,
        past: past.rows,
        endsEarly: endsEarly(past.rows),
        replaced: replaced.rows,
      };
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
