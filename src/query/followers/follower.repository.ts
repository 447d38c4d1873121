import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { FOLLOWERS_LOCK, LEDGER_LOCKS } from '../../persistence/schema/advisory-locks.js';
import type { Principal } from '../../security/principal.js';
import { CHANGED } from '../changes/changed-calls.repository.js';
import type { FeedPlace } from '../changes/feed-place.js';
import { LAG_COLUMNS, lagOf } from './lag-sql.js';

/** One who follows the feed, and how far behind the ledger it is. */
export interface FollowerRow {
  readonly name: string;
  readonly kind: 'follower' | 'webhook';
  /** The id of a webhook; '' for a follower. */
  readonly id: string;
  readonly keyId: string;
  readonly keyName: string | null;
  readonly position: number;
  readonly callId: string;
  readonly lastSeenAt: Date | null;
  readonly lagChanges: number;
  readonly lagSeconds: number;
}

/** Which followers an asker may see. */
export interface FollowerView {
  readonly keyId: string;
  /** Whether the asker sees those of other keys, too. */
  readonly ofAllKeys: boolean;
  /** The sources of the asker. Those who follow others are not seen. Null: all are seen. */
  readonly sources: readonly string[] | null;
}

/** A place in the list: after this entry. */
export type FollowerPosition = readonly [name: string, kind: string, keyId: string, id: string];

const MOST_NAMES = 100;
const MOST_SHOWN = 200;

const MOVE = {
  name: 'move-follower',
  text: `UPDATE followers SET position = $3, call_id = $4, last_seen_at = now() WHERE key_id = $1 AND name = $2
    RETURNING 1`,
};
const LOCK = {
  name: 'lock-followers',
  text: 'SELECT pg_advisory_xact_lock($1, $2)',
};
const ADD = {
  name: 'add-follower',
  text: `INSERT INTO followers (key_id, name, position, call_id, last_seen_at) SELECT $1, $2, $3, $4, now()
    WHERE (SELECT count(*) FROM followers WHERE key_id = $1) < ${MOST_NAMES}
    ON CONFLICT (key_id, name) DO UPDATE
      SET position = excluded.position, call_id = excluded.call_id, last_seen_at = excluded.last_seen_at
    RETURNING 1`,
};
const FOLLOWING = `SELECT f.name, 'follower' AS kind, '' AS id, f.key_id, f.position, f.call_id, f.last_seen_at,
    k.name AS key_name, k.sources, k.id IS NOT NULL OR f.key_id = 'admin' AS is_known
  FROM followers f LEFT JOIN api_keys k ON k.id::text = f.key_id
  UNION ALL
  SELECT w.name, 'webhook', w.id::text, w.key_id, w.position, w.call_id, w.last_success_at,
    k.name, w.sources, true
  FROM webhooks w LEFT JOIN api_keys k ON k.id::text = w.key_id`;
const IS_VISIBLE = `((kind = 'follower' AND key_id = $1)
  OR ($2 AND is_known AND ($3::text[] IS NULL OR sources <@ $3::text[])))`;
const LIST = {
  name: 'list-followers',
  text: `SELECT seen.name, seen.kind, seen.id, seen.key_id AS "keyId", seen.key_name AS "keyName",
      seen.position::float8 AS position, seen.call_id AS "callId", seen.last_seen_at AS "lastSeenAt",
      ${LAG_COLUMNS}
    FROM (SELECT * FROM (${FOLLOWING}) AS following WHERE ${IS_VISIBLE}
        AND (name, kind, key_id, id) > ($4::text COLLATE "C", $5::text, $6::text, $7::text)
      ORDER BY name, kind, key_id, id LIMIT $8) AS seen
    ${lagOf('seen')}
    ORDER BY seen.name, seen.kind, seen.key_id, seen.id`,
};
const REMOVE = {
  name: 'remove-follower',
  text: `DELETE FROM followers WHERE name = $4 AND (key_id, name) IN (
    SELECT key_id, name FROM (${FOLLOWING}) AS following WHERE kind = 'follower' AND ${IS_VISIBLE}) RETURNING 1`,
};
const LAGS = {
  name: 'follower-lags',
  text: `SELECT name, max(seconds)::float8 AS seconds FROM (
      SELECT following.name, coalesce(greatest(extract(epoch FROM now() - (SELECT received_at FROM deliveries
        WHERE ${CHANGED} AND position >= following.position ORDER BY position LIMIT 1)), 0), 0) AS seconds
      FROM (SELECT name, position FROM followers UNION ALL SELECT name, position FROM webhooks) AS following
    ) AS lags GROUP BY name ORDER BY seconds DESC LIMIT ${MOST_SHOWN}`,
};
const FORGET = {
  name: 'forget-followers',
  text: 'DELETE FROM followers WHERE last_seen_at < $1',
};

/** Stores how far followers of the feed are, and finds out how far they are behind. */
@Injectable()
export class FollowerRepository {
  constructor(private readonly database: Database) {}

  /** @returns false if the key has too many followers to add one more */
  async note(keyId: string, name: string, { position, callId }: FeedPlace): Promise<boolean> {
    const values = [keyId, name, position, callId];
    if ((await this.database.query({ ...MOVE, values })).length > 0) return true;
    return this.database.transaction(async (transaction) => {
      await transaction.query({ ...LOCK, values: [LEDGER_LOCKS, FOLLOWERS_LOCK] });
      return (await transaction.query({ ...ADD, values })).rows.length > 0;
    });
  }

  /** Lists followers and webhooks by name. */
  list(view: FollowerView, after: FollowerPosition, limit: number): Promise<FollowerRow[]> {
    return this.database.read<FollowerRow>({ ...LIST, values: [...valuesOf(view), ...after, limit] });
  }

  /** @returns the number of followers with this name that the asker saw */
  async remove(transaction: Transaction, view: FollowerView, name: string): Promise<number> {
    const { rows } = await transaction.query({ ...REMOVE, values: [...valuesOf(view), name] });
    return rows.length;
  }

  /** Seconds by name. If several have a name, that of the last one. Only those that are the farthest behind. */
  async lags(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ name: string; seconds: number }>({ ...LAGS, values: [] });
    return new Map(rows.map(({ name, seconds }) => [name, seconds]));
  }

  /** Forgets those that were last seen before an instant. */
  async forget(before: Date): Promise<void> {
    await this.database.query({ ...FORGET, values: [before] });
  }
}

/** What a key may see of those who follow. */
export function viewOf({ keyId, scopes, sources }: Principal): FollowerView {
  return { keyId, ofAllKeys: scopes.includes('webhooks:manage'), sources };
}

function valuesOf({ keyId, ofAllKeys, sources }: FollowerView): unknown[] {
  return [keyId, ofAllKeys, sources];
}
