import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { pieces } from '../../persistence/sql/array-parameters.js';
import type { NumberSearch } from '../../numbers/number-search.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { BodyEraser } from './body-eraser.js';
import {
  type ErasedCounts,
  type ErasureJob,
  type FoundRows,
  IN_MEMORY,
  MAY_HOLD,
  pair,
  pairOf,
  REQUESTED,
} from './erasure-job.js';

export interface RevisionKey {
  readonly callId: string;
  readonly deliveryId: string;
}

// The search leaves the source out. The operator chose its name, and it is all that stays of some deleted revisions.
// With a number in it, such a revision would be found again for ever.
const REVISION = `(content - 'source')::text`;
const FIND_REVISIONS = {
  name: 'erase-find-revisions',
  text: `SELECT call_id, delivery_id, ${MAY_HOLD} AS found
    FROM (SELECT call_id, delivery_id, ${REVISION} AS content FROM call_revisions
      WHERE (call_id, delivery_id) > ($4, $5::uuid) AND received_at <= ${REQUESTED}
      ORDER BY call_id, delivery_id LIMIT $6) AS page
    ORDER BY call_id, delivery_id`,
};
const REVISION_SIZES = {
  name: 'erase-revision-sizes',
  text: `SELECT r.call_id, r.delivery_id, octet_length(r.content::text)::int AS bytes FROM call_revisions r
    WHERE (r.call_id, r.delivery_id) IN (SELECT unnest($1::text[]), unnest($2::uuid[]))`,
};
const REVISION_CONTENTS = {
  name: 'erase-revision-contents',
  text: `SELECT r.call_id, r.delivery_id, ${REVISION} AS content FROM call_revisions r
    WHERE (r.call_id, r.delivery_id) IN (SELECT unnest($1::text[]), unnest($2::uuid[]))`,
};
const DELETE_REVISIONS = {
  name: 'erase-revisions',
  text: `DELETE FROM call_revisions
    WHERE (call_id, delivery_id) IN (SELECT unnest($1::text[]), unnest($2::uuid[]))
    RETURNING call_id, delivery_id, received_at, content->>'source' AS source`,
};
const SOURCES = {
  name: 'erase-sources',
  text: 'SELECT call_id, source FROM calls WHERE call_id = ANY($1)',
};
// Keeps only the source of a deleted revision. A key that may see this source was told of the call. Without this row,
// nothing would tell it later that the call is gone.
const KEEP_SOURCE = {
  name: 'erase-keep-source',
  text: `INSERT INTO call_revisions (call_id, delivery_id, received_at, revision, content)
    VALUES ($1, $2, $3, NULL, jsonb_build_object('source', $4::text))`,
};

/** Finds revisions (earlier contents of calls) that hold a number, and deletes them. Their calls stay. */
@Injectable()
export class ErasedRevisionsRepository {
  constructor(
    private readonly database: Database,
    private readonly eraser: BodyEraser,
  ) {}

  /** Looks at the next `limit` revisions in the order of the key, and returns those that may hold the number. */
  async withText({ search, requestedAt, place }: ErasureJob, limit: number): Promise<FoundRows<RevisionKey>> {
    const [callId, deliveryId] = place === undefined ? ['', NIL] : pairOf(place);
    const rows = await this.database.query<{ call_id: string; delivery_id: string; found: boolean }>({
      ...FIND_REVISIONS,
      values: [requestedAt, ...search.sqlParameters, callId, deliveryId, limit],
    });
    const last = rows.at(-1);
    const next = last === undefined || rows.length < limit ? undefined : pair(last.call_id, last.delivery_id);
    const found = rows.filter((row) => row.found);
    return { rows: found.map((row) => ({ callId: row.call_id, deliveryId: row.delivery_id })), next };
  }

  /** Deletes the given revisions that really hold the number. Their calls stay. */
  async erase(
    transaction: Transaction,
    search: NumberSearch,
    keys: readonly RevisionKey[],
  ): Promise<Partial<ErasedCounts>> {
    if (keys.length === 0) return {};
    const sizes = await transaction.query<{ call_id: string; delivery_id: string; bytes: number }>({
      ...REVISION_SIZES,
      values: [keys.map(({ callId }) => callId), keys.map(({ deliveryId }) => deliveryId)],
    });
    const held: { readonly call_id: string; readonly delivery_id: string }[] = [];
    for (const page of pieces(sizes.rows, IN_MEMORY, ({ bytes }) => bytes)) {
      const { rows } = await transaction.query<{ call_id: string; delivery_id: string; content: string }>({
        ...REVISION_CONTENTS,
        values: [page.map((row) => row.call_id), page.map((row) => row.delivery_id)],
      });
      for (const row of rows) if (await this.eraser.isIn(row.content, search)) held.push(row);
    }
    const heldKeys = [held.map((row) => row.call_id), held.map((row) => row.delivery_id)];
    const gone = await transaction.query<GoneRevision>({ ...DELETE_REVISIONS, values: heldKeys });
    await this.keepSources(transaction, gone.rows);
    return { revisions: gone.rows.length };
  }

  /**
   * Keeps the sources of deleted revisions that differ from the source of their call's row. If the call is deleted
   * later, the feed must still tell the clients of these sources that it is gone.
   */
  private async keepSources(transaction: Transaction, gone: readonly GoneRevision[]): Promise<void> {
    const { rows } = await transaction.query<{ call_id: string; source: string }>({
      ...SOURCES,
      values: [gone.map((row) => row.call_id)],
    });
    const sources = new Map(rows.map((row) => [row.call_id, row.source]));
    for (const { call_id, delivery_id, received_at, source } of gone) {
      if (!sources.has(call_id) || sources.get(call_id) === source) continue;
      await transaction.query({ ...KEEP_SOURCE, values: [call_id, delivery_id, received_at, source] });
    }
  }
}

interface GoneRevision {
  readonly call_id: string;
  readonly delivery_id: string;
  readonly received_at: Date;
  readonly source: string;
}
