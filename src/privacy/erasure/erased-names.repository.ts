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
const NAMES_OF_WEBHOOKS = statements('webhooks', 'name', 'created_at');
/** A URL without a part of it leads elsewhere, so its webhook is paused. */
const URLS_OF_WEBHOOKS = {
  find: statements('webhooks', 'url', 'created_at').find,
  write: {
    name: 'erase-in-webhooks-url',
    text: `UPDATE webhooks SET url = t.text, state = 'paused', round = round + 1,
        reason = 'An erasure removed a phone number from the URL. Set a new URL, then resume the webhook'
      FROM unnest($1::uuid[], $2::text[]) AS t(id, text) WHERE webhooks.id = t.id RETURNING 1`,
  },
};
const REASONS = statements('erasures', 'reason', 'requested_at');

const MISSING = {
  find: {
    name: 'erase-find-missing-entries',
    text: `SELECT task_id, detail_id, out_id AS text FROM completeness_missing
      WHERE changed_at <= ${REQUESTED} AND ${mayHold('out_id', '$2', '$3')}`,
  },
  remove: {
    name: 'erase-missing-entries',
    text: `DELETE FROM completeness_missing AS m USING unnest($1::text[], $2::text[]) AS t(task_id, detail_id)
      WHERE m.task_id = t.task_id AND m.detail_id = t.detail_id RETURNING 1`,
  },
};

/** Nothing says when a name was given. A client that goes on with its name is noted again. */
const FOLLOWERS = {
  find: {
    name: 'erase-find-followers',
    text: `SELECT key_id, name AS text FROM followers WHERE ${mayHold('name', '$1', '$2')}`,
  },
  remove: {
    name: 'erase-followers',
    text: `DELETE FROM followers AS f USING unnest($1::text[], $2::text[]) AS t(key_id, name)
      WHERE f.key_id = t.key_id AND f.name = t.name RETURNING 1`,
  },
};

/**
 * Removes a number from texts that people have written: names of API keys, names and URLs of webhooks, names of followers, reasons
 * of erasures, and the references of missing calls.
 */
@Injectable()
export class ErasedNamesRepository {
  /** @returns the number of rewritten names and URLs */
  async rewriteNames(transaction: Transaction, job: ErasureJob): Promise<number> {
    const ofKeys = await rewrite(transaction, job, NAMES);
    const ofWebhooks = await rewrite(transaction, job, NAMES_OF_WEBHOOKS);
    return ofKeys + ofWebhooks + (await rewrite(transaction, job, URLS_OF_WEBHOOKS));
  }

  /**
   * Forgets the followers whose names hold the number.
   *
   * @returns the number of forgotten followers
   */
  async deleteFollowers(transaction: Transaction, { search }: ErasureJob): Promise<number> {
    const { plain, escaped } = search.sqlPatterns;
    const { rows } = await transaction.query<{ key_id: string; text: string }>({
      ...FOLLOWERS.find,
      values: [plain, escaped],
    });
    const held = rows.filter(({ text }) => search.isIn(text));
    if (held.length === 0) return 0;
    const values = [held.map((row) => row.key_id), held.map((row) => row.text)];
    return (await transaction.query({ ...FOLLOWERS.remove, values })).rows.length;
  }

  /** @returns the number of rewritten reasons */
  rewriteReasons(transaction: Transaction, job: ErasureJob): Promise<number> {
    return rewrite(transaction, job, REASONS);
  }

  /**
   * Deletes the missing entries whose reference holds the number. The next check counts them as held.
   *
   * @returns the number of deleted entries
   */
  async deleteMissing(transaction: Transaction, { requestedAt, search }: ErasureJob): Promise<number> {
    const { plain, escaped } = search.sqlPatterns;
    const { rows } = await transaction.query<{ task_id: string; detail_id: string; text: string }>({
      ...MISSING.find,
      values: [requestedAt, plain, escaped],
    });
    const held = rows.filter(({ text }) => search.isIn(text));
    if (held.length === 0) return 0;
    const values = [held.map((row) => row.task_id), held.map((row) => row.detail_id)];
    return (await transaction.query({ ...MISSING.remove, values })).rows.length;
  }
}

async function rewrite(
  transaction: Transaction,
  { requestedAt, search }: ErasureJob,
  { find, write }: Pick<ReturnType<typeof statements>, 'find' | 'write'>,
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
