import { Injectable } from '@nestjs/common';
import { ArrayContainedBy, type FindOptionsWhere, LessThan, Raw } from 'typeorm';
import { Database } from '../persistence/connections/database.js';
import type { Transaction } from '../persistence/connections/statement.js';
import { StoredWebhook, WebhookAttempt } from '../persistence/schema/entities/webhook.entities.js';
import { firstIdOf } from '../persistence/sql/ids.js';
import { CHANGED } from '../query/changes/changed-calls.repository.js';
import { LAG_COLUMNS, lagOf } from '../query/followers/lag-sql.js';
import { BEGINNING, type FeedPlace } from '../query/changes/feed-place.js';

type Sources = readonly string[] | null;

/** How far a webhook is behind the ledger. */
export interface Lag {
  readonly lagChanges: number;
  readonly lagSeconds: number;
}

const ATTEMPTS_KEPT_MS = 7 * 86_400_000;

const LAGS = {
  name: 'webhook-lags',
  text: `SELECT w.id, ${LAG_COLUMNS} FROM webhooks w ${lagOf('w')} WHERE w.id = ANY($1::uuid[])`,
};
const LOCK = { name: 'lock-webhook', text: 'SELECT 1 FROM webhooks WHERE id = $1 FOR UPDATE' };
// Ids of deliveries are in the order in which they were received.
const PLACE_OF_TIME = {
  name: 'place-of-time',
  text: `SELECT min(position)::float8 AS position FROM deliveries WHERE id >= $1 AND ${CHANGED}`,
};

/** Reads and writes webhooks and their attempts, for those who manage them. */
@Injectable()
export class WebhookRepository {
  constructor(private readonly database: Database) {}

  list(sources: Sources, before: string, limit: number): Promise<StoredWebhook[]> {
    const where = { id: LessThan(before), ...within(sources) };
    return this.database.readEntities((manager) =>
      manager.find(StoredWebhook, { where, order: { id: 'DESC' }, take: limit }),
    );
  }

  find(id: string, sources: Sources): Promise<StoredWebhook | null> {
    return this.database.readEntities((manager) =>
      manager.findOneBy(StoredWebhook, { id, ...within(sources) }),
    );
  }

  /** Finds a webhook and locks its row. TypeORM locks rows only in transactions that it has begun itself. */
  async findToChange(transaction: Transaction, id: string, sources: Sources): Promise<StoredWebhook | null> {
    await transaction.query({ ...LOCK, values: [id] });
    return transaction.manager.findOneBy(StoredWebhook, { id, ...within(sources) });
  }

  /** @returns the webhook as it is stored; UTF-8 replaces halves of surrogate pairs in its texts */
  async insert({ manager }: Transaction, webhook: StoredWebhook): Promise<StoredWebhook> {
    await manager.insert(StoredWebhook, webhook);
    return manager.findOneByOrFail(StoredWebhook, { id: webhook.id });
  }

  async update(
    { manager }: Transaction,
    id: string,
    changes: Partial<StoredWebhook>,
  ): Promise<StoredWebhook> {
    await manager.update(StoredWebhook, { id }, changes);
    return manager.findOneByOrFail(StoredWebhook, { id });
  }

  async remove({ manager }: Transaction, id: string): Promise<void> {
    await manager.delete(WebhookAttempt, { webhookId: id });
    await manager.delete(StoredWebhook, { id });
  }

  /** How far these are behind, by id. */
  async lags(ids: readonly string[]): Promise<ReadonlyMap<string, Lag>> {
    const rows = await this.database.read<Lag & { id: string }>({ ...LAGS, values: [ids] });
    return new Map(rows.map(({ id, ...lag }) => [id, lag]));
  }

  /** The attempts of a webhook before an id, newest first. Those that are too old are not shown any more. */
  attempts(webhookId: string, before: string, limit: number): Promise<WebhookAttempt[]> {
    const oldest = firstIdOf(Date.now() - ATTEMPTS_KEPT_MS);
    const id = Raw((column) => `${column} < :before AND ${column} >= :oldest`, { before, oldest });
    return this.database.readEntities((manager) =>
      manager.find(WebhookAttempt, { where: { webhookId, id }, order: { id: 'DESC' }, take: limit }),
    );
  }

  /**
   * The place before everything that was received at a time or later; the end if there is nothing.
   *
   * @param epochMs the time
   */
  async placeOf(epochMs: number, end: FeedPlace): Promise<FeedPlace> {
    const values = [firstIdOf(epochMs)];
    const [row] = await this.database.read<{ position: number | null }>({ ...PLACE_OF_TIME, values });
    const position = row?.position ?? null;
    return position === null ? end : { ...BEGINNING, position };
  }
}

/** A key that is limited to sources manages the webhooks within them. */
function within(sources: Sources): FindOptionsWhere<StoredWebhook> {
  return sources === null ? {} : { sources: ArrayContainedBy(sources) };
}
