import { Injectable } from '@nestjs/common';
import { ArrayContainedBy, type EntityManager, type FindOptionsWhere, IsNull, LessThan } from 'typeorm';
import { Database } from '../../persistence/connections/database.js';
import { ApiKey } from '../../persistence/schema/entities/access.entities.js';

type Sources = readonly string[] | null;

/** The fields that are needed to recognize a key and to know which key created it. */
const KNOWN = {
  id: true,
  name: true,
  scopes: true,
  sources: true,
  createdBy: true,
  expiresAt: true,
  revokedAt: true,
  secretHash: true,
} as const;
export type KnownKey = Pick<ApiKey, keyof typeof KNOWN>;

/** This is SQL, because one statement changes many rows to different values. */
const NOTE_USES = `UPDATE api_keys SET last_used_at = greatest(last_used_at, t.at)
  FROM unnest($1::uuid[], $2::timestamptz[]) AS t(id, at) WHERE api_keys.id = t.id`;

/** Reads and writes the table api_keys. */
@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Reads all keys, including revoked ones, because they may have created others. It does not wait for the semaphore of
   * queries.
   */
  known(): Promise<KnownKey[]> {
    return this.database.queryEntities((manager) => manager.find(ApiKey, { select: KNOWN }));
  }

  /** Lists the keys within these sources and before the given id, newest first. */
  list(sources: Sources, before: string, limit: number): Promise<ApiKey[]> {
    const where = { id: LessThan(before), ...within(sources) };
    return this.database.readEntities((manager) =>
      manager.find(ApiKey, { where, order: { id: 'DESC' }, take: limit }),
    );
  }

  /** Finds a key within these sources. */
  findManaged(manager: EntityManager, id: string, sources: Sources): Promise<ApiKey | null> {
    return manager.findOneBy(ApiKey, { id, ...within(sources) });
  }

  find(manager: EntityManager, id: string): Promise<ApiKey | null> {
    return manager.findOneBy(ApiKey, { id });
  }

  /** @returns the key as it is stored; UTF-8 replaces halves of surrogate pairs in its name */
  async insert(manager: EntityManager, key: ApiKey): Promise<ApiKey> {
    await manager.insert(ApiKey, key);
    return manager.findOneByOrFail(ApiKey, { id: key.id });
  }

  /** Revokes a key. If it is revoked already, nothing changes. */
  async revoke(manager: EntityManager, id: string): Promise<void> {
    await manager.update(ApiKey, { id, revokedAt: IsNull() }, { revokedAt: new Date() });
  }

  /** Stores the times of the last uses, by the ids of the keys. */
  async noteUses(uses: ReadonlyMap<string, Date>): Promise<void> {
    await this.database.query({ text: NOTE_USES, values: [[...uses.keys()], [...uses.values()]] });
  }
}

/** A key that is limited to sources manages the keys within them. */
function within(sources: Sources): FindOptionsWhere<ApiKey> {
  return sources === null ? {} : { sources: ArrayContainedBy(sources) };
}
