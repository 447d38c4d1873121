// The reads and writes of api_keys.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import type { Transaction } from '../../persistence/statement.js';
import { SqlConditions } from '../../persistence/sql-conditions.js';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly sources: readonly string[] | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

/** What is needed to know a key again, and who made it. */
export interface KnownKeyRow extends Pick<
  ApiKeyRow,
  'id' | 'name' | 'scopes' | 'sources' | 'created_by' | 'expires_at'
> {
  /** Whether it opens anything now. */
  readonly valid: boolean;
  readonly secret_hash: Buffer;
}

export interface NewApiKey extends Pick<ApiKeyRow, 'id' | 'name' | 'scopes' | 'sources' | 'expires_at'> {
  readonly secretHash: Buffer;
  readonly createdBy: string;
}

type Sources = readonly string[] | null;

const COLUMNS = 'id, name, scopes, sources, created_at, created_by, expires_at, revoked_at, last_used_at';
const KNOWN = {
  name: 'known-api-keys',
  text: `SELECT id, name, scopes, sources, created_by, expires_at, secret_hash,
    revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) AS valid FROM api_keys`,
};
const INSERT = `INSERT INTO api_keys (id, name, scopes, sources, expires_at, secret_hash, created_by, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, now()) RETURNING ${COLUMNS}`;
// Who is limited to sources manages the keys within them.
const MANAGED = '($2::text[] IS NULL OR sources <@ $2::text[])';
const REVOKE = 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1';
const NOTE_USES = `UPDATE api_keys SET last_used_at = greatest(last_used_at, t.at)
  FROM unnest($1::uuid[], $2::timestamptz[]) AS t(id, at) WHERE api_keys.id = t.id`;

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  /** All keys, because those that are revoked may have made others. Not a question: it may not wait behind those. */
  known(): Promise<KnownKeyRow[]> {
    return this.database.query<KnownKeyRow>(KNOWN);
  }

  /** The keys within these sources before an id, the newest first. */
  list(sources: Sources, before: string, limit: number): Promise<ApiKeyRow[]> {
    const sql = new SqlConditions();
    sql.add(`id < ${sql.parameter(before)}`);
    if (sources !== null) sql.add(`sources <@ ${sql.parameter(sources)}::text[]`);
    const text = `SELECT ${COLUMNS} FROM api_keys ${sql.where} ORDER BY id DESC LIMIT ${sql.parameter(limit)}`;
    return this.database.read<ApiKeyRow>({ text, values: sql.values });
  }

  /** A key within these sources. */
  async findManaged(transaction: Transaction, id: string, sources: Sources): Promise<ApiKeyRow | undefined> {
    const text = `SELECT ${COLUMNS} FROM api_keys WHERE id = $1 AND ${MANAGED}`;
    const [row] = (await transaction.query<ApiKeyRow>({ text, values: [id, sources] })).rows;
    return row;
  }

  /** @param id may be none at all: that of the settings' key */
  async find(transaction: Transaction, id: string): Promise<ApiKeyRow | undefined> {
    const text = `SELECT ${COLUMNS} FROM api_keys WHERE id::text = $1`;
    const [row] = (await transaction.query<ApiKeyRow>({ text, values: [id] })).rows;
    return row;
  }

  async insert(transaction: Transaction, key: NewApiKey): Promise<ApiKeyRow> {
    const { id, name, scopes, sources, expires_at: expiresAt, secretHash, createdBy } = key;
    const values = [id, name, scopes, sources, expiresAt, secretHash, createdBy];
    const [row] = (await transaction.query<ApiKeyRow>({ text: INSERT, values })).rows;
    if (row === undefined) throw new Error('the key was not written');
    return row;
  }

  async revoke(transaction: Transaction, id: string): Promise<void> {
    await transaction.query({ text: REVOKE, values: [id] });
  }

  async noteUses(uses: ReadonlyMap<string, Date>): Promise<void> {
    await this.database.query({ text: NOTE_USES, values: [[...uses.keys()], [...uses.values()]] });
  }
}
