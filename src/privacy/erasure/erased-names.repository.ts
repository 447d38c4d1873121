// Names and reasons that people have written, without the number: of API keys, and of erasures.
import { Injectable } from '@nestjs/common';
import { mayHold } from '../../numbers/number-search.js';
import type { Transaction } from '../../persistence/database.js';
import type { ErasureJob } from './erasure-job.js';

const KEYS = {
  name: 'erase-find-key-names',
  text: `SELECT id, name AS text FROM api_keys
    WHERE created_at <= to_timestamp($1 / 1000.0) AND ${mayHold('name', '$2', '$3')} ORDER BY id`,
};
const RENAME_KEYS = {
  name: 'erase-in-key-names',
  text: `UPDATE api_keys k SET name = t.text FROM unnest($1::uuid[], $2::text[]) AS t(id, text)
    WHERE k.id = t.id RETURNING 1`,
};
const REASONS = {
  name: 'erase-find-reasons',
  text: `SELECT id, reason AS text FROM erasures
    WHERE requested_at <= to_timestamp($1 / 1000.0) AND ${mayHold('reason', '$2', '$3')} ORDER BY id`,
};
const REWRITE_REASONS = {
  name: 'erase-in-reasons',
  text: `UPDATE erasures e SET reason = t.text FROM unnest($1::uuid[], $2::text[]) AS t(id, text)
    WHERE e.id = t.id RETURNING 1`,
};

type Statement = Readonly<Record<'name' | 'text', string>>;

@Injectable()
export class ErasedNamesRepository {
  /** @returns how many */
  rewriteNames(transaction: Transaction, job: ErasureJob): Promise<number> {
    return rewrite(transaction, job, KEYS, RENAME_KEYS);
  }

  /** @returns how many */
  rewriteReasons(transaction: Transaction, job: ErasureJob): Promise<number> {
    return rewrite(transaction, job, REASONS, REWRITE_REASONS);
  }
}

async function rewrite(
  transaction: Transaction,
  { requestedAt, search }: ErasureJob,
  find: Statement,
  write: Statement,
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
