import { Injectable } from '@nestjs/common';
import { mayHold } from '../../numbers/number-search.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { type ErasureJob, REQUESTED } from './erasure-job.js';

/** @param writtenAt the column that says when the text was written */
const statements = (table: string, column: string, writtenAt: string) => ({
  find: {
    name: `erase-find-${table}-${column}`,
    text: `SELECT id, ${column} AS text FROM ${table}
      WHERE ${writtenAt} <= ${REQUESTED} AND ${mayHold(column, '$2', '$3')} ORDER BY id`,
  },
  write: {
    name: `erase-in-${table}-${column}`,
    text: `UPDATE ${table} SET ${column} = t.text FROM unnest($1::uuid[], $2::text[]) AS t(id, text)
      WHERE ${table}.id = t.id RETURNING 1`,
  },
});
const NAMES = statements('api_keys', 'name', 'created_at');
const REASONS = statements('erasures', 'reason', 'requested_at');

/** Removes a number from texts that people have written: names of API keys and reasons of erasures. */
@Injectable()
export class ErasedNamesRepository {
  /** @returns the number of rewritten names */
  rewriteNames(transaction: Transaction, job: ErasureJob): Promise<number> {
    return rewrite(transaction, job, NAMES);
  }

  /** @returns the number of rewritten reasons */
  rewriteReasons(transaction: Transaction, job: ErasureJob): Promise<number> {
    return rewrite(transaction, job, REASONS);
  }
}

async function rewrite(
  transaction: Transaction,
  { requestedAt, search }: ErasureJob,
  { find, write }: ReturnType<typeof statements>,
): Promise<number> {
  const { plain, escaped } = search.sqlPatterns;
  const found = await transaction.query<{ id: string; text: string }>({
    ...find,
    values: [requestedAt, plain, escaped],
  });
  const held = found.rows
    .map(({ id, text }) => ({ id, text, erased: search.erasedFrom(text) }))
    .filter(({ text, erased }) => erased !== text);
  if (held.length === 0) return 0;
  const values = [held.map(({ id }) => id), held.map(({ erased }) => erased)];
  return (await transaction.query({ ...write, values })).rows.length;
}
