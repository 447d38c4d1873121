import { Injectable } from '@nestjs/common';
import { TELEPHONE_NUMBERS, TEXT_FIELDS } from '../../call/call-record.js';
import { columnOf } from '../../persistence/sql/entity-columns.js';
import { ToldChanges } from '../../persistence/sql/told-changes.js';
import { CallWriteRepository } from '../../ingestion/writing/call-write.repository.js';
import { pieces } from '../../persistence/sql/array-parameters.js';
import { coreOf } from '../../numbers/core.js';
import type { NumberSearch } from '../../numbers/number-search.js';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { BodyEraser } from './body-eraser.js';
import { ErasedMessagesRepository } from './erased-messages.repository.js';
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

/** The columns of all texts that came with a record. Any of them may hold a number. */
const TEXTS = TEXT_FIELDS.map((field) => columnOf(field).name).join(', ');
const NUMBERS = TELEPHONE_NUMBERS.map((field) => columnOf(field).name);
const JSONS = 'extra::text, warnings::text';
const CONTENT = `concat_ws(E'\\n', ${TEXTS}, ${JSONS})`;
// This form lets PostgreSQL use the index on the reversed callee.
const FIND_CALLEES = {
  name: 'erase-find-callees',
  text: `SELECT call_id, reverse(callee) AS reversed FROM calls
    WHERE reverse(callee) >= $2 AND reverse(callee) < $3 AND (reverse(callee), call_id) > ($4, $5)
      AND last_received_at <= ${REQUESTED}
    ORDER BY reverse(callee), call_id LIMIT $6`,
};
const FIND_CALLS = {
  name: 'erase-find-calls',
  text: `SELECT count(*)::int AS seen, max(call_id) AS next, array_agg(call_id) FILTER (WHERE ${MAY_HOLD}) AS found
    FROM (SELECT call_id, ${CONTENT} AS content FROM calls
      WHERE call_id > $4 AND last_received_at <= ${REQUESTED} ORDER BY call_id LIMIT $5) AS page`,
};
const CONTENTS = {
  name: 'erase-contents',
  // The columns are not combined to arrays, because the parser of `pg` reads arrays character by character.
  text: `SELECT ${TEXTS}, extra::text AS extra, warnings::text AS warnings
    FROM calls WHERE call_id = ANY($2) AND last_received_at <= ${REQUESTED}`,
};
const SIZES = {
  name: 'erase-sizes',
  text: `SELECT call_id, coalesce(octet_length(extra::text), 0)::int AS bytes FROM calls
    WHERE call_id = ANY($2) AND last_received_at <= ${REQUESTED}`,
};
const DELETE_CALLS = {
  name: 'erase-calls',
  text: 'DELETE FROM calls WHERE call_id = ANY($1) RETURNING call_id, source',
};
const DELETE_HISTORY = {
  name: 'erase-history',
  text: `DELETE FROM call_revisions WHERE call_id = ANY($1) RETURNING call_id, content->>'source' AS source`,
};
const NOTE_ERASED = {
  name: 'note-erased-calls',
  text: `INSERT INTO erased_calls (delivery_id, call_id, sources, requested_at)
    SELECT $1::uuid, t.call_id, array_agg(DISTINCT t.source), to_timestamp($4 / 1000.0)
    FROM (SELECT unnest($2::text[]) AS call_id, unnest($3::text[]) AS source) AS t GROUP BY t.call_id`,
};
/** Finds calls that hold a number, and deletes them with their history. */
@Injectable()
export class ErasedCallsRepository {
  constructor(
    private readonly database: Database,
    private readonly calls: CallWriteRepository,
    private readonly eraser: BodyEraser,
    private readonly messages: ErasedMessagesRepository,
  ) {}

  /** Returns the next calls whose callee ends with the number, at most `limit`. */
  async withCallee({ search, requestedAt, place }: ErasureJob, limit: number): Promise<FoundRows<string>> {
    const [first, behind] = search.reversedRange;
    const [reversed, callId] = place === undefined ? [first, ''] : pairOf(place);
    const rows = await this.database.query<{ call_id: string; reversed: string }>({
      ...FIND_CALLEES,
      values: [requestedAt, first, behind, reversed, callId, limit],
    });
    const last = rows.at(-1);
    const next = last === undefined || rows.length < limit ? undefined : pair(last.reversed, last.call_id);
    return { rows: rows.map(({ call_id }) => call_id), next };
  }

  /**
   * Looks at the next `limit` calls in the order of the key, and returns those that may hold the number in any text.
   */
  async withText({ search, requestedAt, place }: ErasureJob, limit: number): Promise<FoundRows<string>> {
    const [page] = await this.database.query<{ seen: number; next: string | null; found: string[] | null }>({
      ...FIND_CALLS,
      values: [requestedAt, ...search.sqlParameters, place ?? '', limit],
    });
    const next = page === undefined || page.seen < limit ? undefined : (page.next ?? undefined);
    return { rows: page?.found ?? [], next };
  }

  /**
   * Deletes the given calls that really hold the number, with their history, and reports them in the feed. It takes the
   * locks that corrections take. So a concurrent correction is committed before, or it finds no row and writes a new
   * call.
   */
  async erase(
    transaction: Transaction,
    job: ErasureJob,
    callIds: readonly string[],
  ): Promise<Partial<ErasedCounts>> {
    if (callIds.length === 0) return {};
    await this.calls.lock(transaction, callIds);
    // The contents are read only after the locks are taken. A correction that held the lock before may have removed the
    // number, or may have been received after the request.
    const held = await this.heldAmong(transaction, job, callIds);
    if (held.length === 0) return {};
    const gone = await transaction.query<{ call_id: string; source: string }>({
      ...DELETE_CALLS,
      values: [held],
    });
    const history = await transaction.query<{ call_id: string; source: string }>({
      ...DELETE_HISTORY,
      values: [held],
    });
    await this.messages.deleteOf(transaction, held);
    await this.tell(transaction, [...gone.rows, ...history.rows], job.requestedAt);
    return { calls: gone.rows.length, revisions: history.rows.length };
  }

  /**
   * Returns the given calls that hold the number. It reads a limited number of bytes at once, because a call may have
   * megabytes.
   */
  private async heldAmong(
    transaction: Transaction,
    { search, requestedAt }: ErasureJob,
    callIds: readonly string[],
  ): Promise<string[]> {
    const { rows } = await transaction.query<{ call_id: string; bytes: number }>({
      ...SIZES,
      values: [requestedAt, callIds],
    });
    const held: string[] = [];
    for (const page of pieces(rows, IN_MEMORY, ({ bytes }) => bytes)) {
      const values = [requestedAt, page.map((row) => row.call_id)];
      const contents = await transaction.query<CallTexts>({ ...CONTENTS, values });
      for (const row of contents.rows) if (await this.isHeldBy(row, search)) held.push(row.call_id);
    }
    return held;
  }

  private async isHeldBy(row: CallTexts, search: NumberSearch): Promise<boolean> {
    const { extra, warnings, ...texts } = row;
    if (NUMBERS.some((column) => coreOf(texts[column] ?? '') === search.core)) return true;
    if (Object.values(texts).some((text) => search.isIn(text ?? ''))) return true;
    for (const json of [extra, warnings])
      if (json !== null && (await this.eraser.isIn(json, search))) return true;
    return false;
  }

  /** Writes the erasure as a delivery. Its position is drawn last. Until the commit, nobody else can draw one. */
  private async tell(
    transaction: Transaction,
    gone: readonly { readonly call_id: string; readonly source: string }[],
    requestedAt: number,
  ): Promise<void> {
    const told = new ToldChanges('erasure');
    const values = [told.id, gone.map((row) => row.call_id), gone.map((row) => row.source), requestedAt];
    await transaction.query({ ...NOTE_ERASED, values });
    await transaction.query(told.insert);
  }
}

/** The texts of a row of calls. */
interface CallTexts extends Record<string, string | null> {
  readonly call_id: string;
  /** JSON. */
  readonly extra: string | null;
  readonly warnings: string | null;
}
