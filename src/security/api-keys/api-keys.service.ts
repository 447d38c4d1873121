import { ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { v7 as uuidv7, validate as isUuid } from 'uuid';
import { Settings } from '../../config/settings.js';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../../http/parameters/cursor.js';
import { instantOf } from '../../http/parameters/instant-text.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../../http/parameters/page.js';
import { Database } from '../../persistence/connections/database.js';
import type { ApiKey } from '../../persistence/schema/entities/access.entities.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { AuditLog } from '../audit/audit-log.js';
import { ADMIN, type Principal } from '../principal.js';
import { NONE } from '../../numbers/own-numbers.js';
import { maskText } from '../masking/text-mask.js';
import { newKey } from './api-key.js';
import type { ApiKeyDto, NewApiKey, NewApiKeyRequest } from './api-key.dto.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KnownKeys } from './known-keys.js';

/** Lists, creates and revokes API keys. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly settings: Settings,
    private readonly database: Database,
    private readonly keys: ApiKeyRepository,
    private readonly known: KnownKeys,
    private readonly audit: AuditLog,
  ) {}

  /** @throws InvalidParametersException if the cursor is not valid */
  async list({ limit = DEFAULT_LIMIT, cursor }: PageQuery, asker: Principal): Promise<Page<ApiKeyDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'api-keys');
    const rows = await this.keys.list(asker.sources, before, limit + 1);
    return pageOf(rows.map(keyDto), limit, (last) => encodeCursor('api-keys', [last.id]));
  }

  /**
   * Creates a key that can do nothing that the asker's key can't.
   *
   * @throws InvalidParametersException if `expiresAt` is not in the future
   * @throws ForbiddenException if the key would have more scopes or sources, or would expire later, than the asker's
   */
  async create(request: NewApiKeyRequest, asker: Principal): Promise<NewApiKey> {
    const { name, scopes, sources = null } = request;
    const expiresAt = this.expiryOf(request);
    refuseEscalation(request, asker);
    const id = uuidv7();
    const { key, secretHash } = newKey(id);
    const entry: ApiKey = {
      id,
      name,
      scopes,
      sources,
      secretHash,
      createdAt: new Date(),
      createdBy: asker.keyId,
      expiresAt,
      revokedAt: null,
      lastUsedAt: null,
    };
    const made = await this.change(async (transaction) => {
      const maker = await this.makerOf(transaction, asker);
      refuseLongerLife(expiresAt, maker?.expiresAt ?? null);
      const detail = { id, name: maskText(name, NONE), scopes, sources, expiresAt };
      await this.audit.recordIn(transaction, { action: 'key.created', by: asker, detail, rows: null });
      return this.keys.insert(transaction.manager, entry);
    });
    return { ...keyDto(made), key };
  }

  /**
   * Revokes a key permanently. If it is revoked already, nothing changes.
   *
   * @throws NotFoundException if there is no key with this id within the asker's sources
   * @throws ForbiddenException if the key has scopes that the asker's lacks
   */
  async revoke(id: string, asker: Principal): Promise<void> {
    if (!isUuid(id)) throw missing();
    await this.change(async (transaction) => {
      const key = await this.keys.findManaged(transaction.manager, id, asker.sources);
      if (key === null) throw missing();
      refuseRevoking(key, asker);
      await this.keys.revoke(transaction.manager, id);
      await this.audit.recordIn(transaction, {
        action: 'key.revoked',
        by: asker,
        detail: { id },
        rows: null,
      });
    });
  }

  /** The stored key of the asker; null for the key of the settings and for people, who are in no table of keys. */
  private async makerOf({ manager }: Transaction, { keyId, sessionId }: Principal): Promise<ApiKey | null> {
    return keyId === ADMIN.keyId || sessionId !== undefined ? null : this.keys.find(manager, keyId);
  }

  private async change<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.database.transaction(work);
    } finally {
      // The keys are read again after an error too, because the commit may have succeeded.
      this.known.forget();
    }
  }

  private expiryOf({ expiresAt }: NewApiKeyRequest): Date | null {
    if (expiresAt === undefined) return null;
    const instant = instantOf(expiresAt, this.settings.pushTimeZone);
    if (instant > Date.now()) return new Date(instant);
    throw new InvalidParametersException([{ path: 'expiresAt', message: 'must be in the future' }]);
  }
}

function refuseEscalation({ scopes, sources }: NewApiKeyRequest, asker: Principal): void {
  const lacking = scopes.filter((scope) => !asker.scopes.includes(scope));
  if (lacking.length > 0) {
    throw new ForbiddenException(`This API key lacks the scope ${lacking.join(', ')}, and can't grant it`);
  }
  const own = asker.sources;
  if (own === null) return;
  if (sources === undefined || sources.some((source) => !own.includes(source))) {
    throw new ForbiddenException(
      'This API key is limited to sources. It can grant only these or some of them.',
    );
  }
}

/** The sources were checked before: the asker does not find keys that see other sources. */
function refuseRevoking({ scopes }: ApiKey, asker: Principal): void {
  const lacking = scopes.filter((scope) => !asker.scopes.some((own) => own === scope));
  if (lacking.length === 0) return;
  const message = `This API key lacks the scope ${lacking.join(', ')}, and can't revoke a key that has it`;
  throw new ForbiddenException(message);
}

function missing(): NotFoundException {
  return new NotFoundException('There is no API key with this id');
}

function refuseLongerLife(expiresAt: Date | null, own: Date | null): void {
  if (own === null || (expiresAt !== null && expiresAt <= own)) return;
  throw new ForbiddenException('This API key expires. It cannot create a key that expires later or never.');
}

function keyDto(key: ApiKey): ApiKeyDto {
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    sources: key.sources,
    createdAt: key.createdAt.toISOString(),
    createdBy: key.createdBy,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  };
}
