import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { NOTE_FIELDS } from '../../call/call-note.js';
import { RECORDING_FIELDS } from '../../call/call-recording.js';
import type { VendorField } from '../../call/field-decorators.js';
import { CallWriteRepository } from '../../ingestion/writing/call-write.repository.js';
import type { NumberSearch } from '../../numbers/number-search.js';
import { Database } from '../../persistence/connections/database.js';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { columnName } from '../../persistence/schema/entities/call.entities.js';
import { ToldChanges } from '../../persistence/sql/told-changes.js';
import { deleteRecordings } from '../../persistence/sql/delete-recordings.js';
import { BodyEraser } from './body-eraser.js';
import { type ErasureJob, type FoundRows, MAY_HOLD, REQUESTED } from './erasure-job.js';

const TABLES = ['call_notes', 'call_recordings', 'message_revisions'] as const;
/** A table that holds notes, recordings, or earlier contents of both. */
export type MessageTableName = (typeof TABLES)[number];

/** What an erasure must know of a table. */
interface Searched {
  readonly key: readonly string[];
  /** Which column says when a row was received. */
  readonly receivedAt: string;
  readonly texts: readonly string[];
  readonly jsons: readonly string[];
  readonly hasHash: boolean;
}

const ofMessage = (fields: readonly VendorField[]): Searched => ({
  key: ['call_id'],
  receivedAt: 'last_received_at',
  texts: fields
    .filter(({ kind, identifies }) => kind === 'text' && identifies !== 'key')
    .map(({ name }) => columnName(name)),
  jsons: [
    ...fields.filter(({ kind }) => kind === 'json').map(({ name }) => columnName(name)),
    'extra',
    'warnings',
  ],
  hasHash: true,
});
const SEARCHED: Readonly<Record<MessageTableName, Searched>> = {
  call_notes: ofMessage(NOTE_FIELDS),
  call_recordings: ofMessage(RECORDING_FIELDS),
  message_revisions: {
    key: ['call_id', 'message', 'delivery_id'],
    receivedAt: 'received_at',
    texts: [],
    jsons: ['content'],
    hasHash: false,
  },
};
const HASH_BYTES = 16;

const findIn = (table: MessageTableName) => {
  const { texts, jsons, receivedAt } = SEARCHED[table];
  const content = `concat_ws(E'\\n', ${[...texts, ...jsons.map((column) => `${column}::text`)].join(', ')})`;
  return {
    name: `erase-find-${table}`,
    text: `SELECT count(*)::int AS seen, max(call_id) AS next, array_agg(call_id) FILTER (WHERE found) AS found
      FROM (SELECT call_id, bool_or(received_at <= ${REQUESTED} AND ${MAY_HOLD}) AS found
        FROM (SELECT call_id, ${receivedAt} AS received_at, ${content} AS content FROM ${table}
          WHERE call_id IN (SELECT DISTINCT call_id FROM ${table} WHERE call_id > $4 ORDER BY call_id LIMIT $5)) AS rows
        GROUP BY call_id) AS calls`,
  };
};
const readFrom = (table: MessageTableName) => {
  const { key, texts, jsons, receivedAt } = SEARCHED[table];
  const columns = [...key, ...texts, ...jsons].map((column) => `${column}::text AS ${column}`);
  return {
    name: `erase-read-${table}`,
    text: `SELECT ${columns.join(', ')} FROM ${table} WHERE call_id = ANY($2) AND ${receivedAt} <= ${REQUESTED}`,
  };
};
const deleteFrom = (table: MessageTableName) => ({
  name: `erase-${table}`,
  text:
    table === 'call_recordings'
      ? deleteRecordings('call_id = ANY($1)')
      : `DELETE FROM ${table} WHERE call_id = ANY($1)`,
});
const FILES_LEFT = {
  name: 'erase-files-left',
  text: 'SELECT EXISTS (SELECT 1 FROM removed_files) AS are_left',
};
const FIND = new Map(TABLES.map((table) => [table, findIn(table)]));
const READ = new Map(TABLES.map((table) => [table, readFrom(table)]));

/** The texts of a row by column. */
type Texts = Readonly<Record<string, string | null>>;

/** Removes a number from the notes and recordings of calls that stay, and deletes those of calls that are erased. */
@Injectable()
export class ErasedMessagesRepository {
  constructor(
    private readonly database: Database,
    private readonly calls: CallWriteRepository,
    private readonly eraser: BodyEraser,
  ) {}

  /** Deletes the notes and recordings of erased calls, with their history. */
  async deleteOf(transaction: Transaction, callIds: readonly string[]): Promise<void> {
    for (const table of TABLES) await transaction.query({ ...deleteFrom(table), values: [callIds] });
  }

  /** Whether files of deleted recordings are still in the store. */
  async areFilesLeft(): Promise<boolean> {
    const [row] = await this.database.query<{ are_left: boolean }>({ ...FILES_LEFT, values: [] });
    return row?.are_left === true;
  }

  /** Looks at the rows of the next `limit` calls, and returns the calls whose rows may hold the number. */
  async withText(
    table: MessageTableName,
    { search, requestedAt, place }: ErasureJob,
    limit: number,
  ): Promise<FoundRows<string>> {
    const values = [requestedAt, ...search.sqlParameters, place ?? '', limit];
    const [page] = await this.database.query<{ seen: number; next: string | null; found: string[] | null }>({
      ...statementOf(FIND, table),
      values,
    });
    const next = page === undefined || page.seen < limit ? undefined : (page.next ?? undefined);
    return { rows: page?.found ?? [], next };
  }

  /**
   * Replaces the number in the rows of these calls. It takes the locks that corrections take.
   *
   * @returns how many rows were rewritten
   */
  async rewrite(
    transaction: Transaction,
    table: MessageTableName,
    { search, requestedAt }: ErasureJob,
    callIds: readonly string[],
  ): Promise<number> {
    if (callIds.length === 0) return 0;
    await this.calls.lock(transaction, callIds);
    const values = [requestedAt, callIds];
    const { rows } = await transaction.query<Texts>({ ...statementOf(READ, table), values });
    const rewritten: string[] = [];
    for (const row of rows) {
      const erased = await this.erasedRow(table, row, search);
      if (erased === undefined) continue;
      await transaction.query(updateOf(table, erased));
      rewritten.push(row['call_id'] ?? '');
    }
    // Readers of the feed may have the number in the tags of a note.
    if (table !== 'message_revisions' && rewritten.length > 0)
      await this.calls.tell(transaction, new ToldChanges('erasure'), rewritten);
    return rewritten.length;
  }

  /** @returns undefined when the row does not hold the number */
  private async erasedRow(
    table: MessageTableName,
    row: Texts,
    search: NumberSearch,
  ): Promise<Texts | undefined> {
    const { texts, jsons } = SEARCHED[table];
    const erased: Record<string, string | null> = { ...row };
    for (const column of texts) erased[column] = search.erasedFrom(row[column] ?? '') || null;
    for (const column of jsons) {
      const json = row[column] ?? null;
      if (json === null) continue;
      erased[column] = (await this.eraser.erased(Buffer.from(json), search))?.toString() ?? json;
    }
    const isChanged = [...texts, ...jsons].some((column) => erased[column] !== row[column]);
    return isChanged ? erased : undefined;
  }
}

function statementOf(
  statements: ReadonlyMap<MessageTableName, Statement>,
  table: MessageTableName,
): Statement {
  const statement = statements.get(table);
  if (statement === undefined) throw new Error(`nothing searches the table ${table}`);
  return statement;
}

function updateOf(table: MessageTableName, row: Texts): Statement {
  const { key, texts, jsons, hasHash } = SEARCHED[table];
  const values: unknown[] = [];
  const set = [
    ...texts.map((column) => `${column} = $${values.push(row[column])}`),
    ...jsons.map((column) => `${column} = $${values.push(row[column])}::jsonb`),
  ];
  // A hash of the old content would show the number to somebody who tries all of them.
  if (hasHash) set.push(`content_hash = $${values.push(hashOf(row))}`);
  const where = key.map((column) => `${column}::text = $${values.push(row[column])}`);
  return { text: `UPDATE ${table} SET ${set.join(', ')} WHERE ${where.join(' AND ')}`, values };
}

function hashOf(row: Texts): Buffer {
  return hash('sha256', JSON.stringify(row), 'buffer').subarray(0, HASH_BYTES);
}
