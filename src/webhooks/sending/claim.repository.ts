import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { Semaphore } from '../../background/semaphore.js';
import { Database } from '../../persistence/connections/database.js';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { orderedId } from '../../persistence/sql/ids.js';
import { CHANGED } from '../../query/changes/changed-calls.repository.js';
import type { FeedPlace } from '../../query/changes/feed-place.js';
import type { StoredFilter } from '../../persistence/schema/entities/webhook.entities.js';
import type { RequestResult } from './request.js';

/** A webhook that this process works on. */
export interface ClaimedWebhook {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly filter: StoredFilter;
  readonly fields: readonly string[] | null;
  readonly numbers: string;
  readonly maxChanges: number;
  readonly keyId: string;
  readonly sealedSecret: Buffer;
  /** The secret before the last rotation, while it still signs. */
  readonly sealedEarlier: Buffer | null;
  readonly position: number;
  readonly callId: string;
  readonly round: number;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly messageId: string | null;
  readonly messageHash: Buffer | null;
  readonly messageAt: Date | null;
  readonly messageChanges: number | null;
  readonly messagePosition: number | null;
  readonly messageCallId: string | null;
}

/** A request that is about to be sent. It is the same for as long as its changes are. */
export interface StoredMessage {
  readonly id: string;
  readonly hash: Buffer;
  readonly at: Date;
  readonly changes: number;
  /** The cursor after it. */
  readonly next: FeedPlace;
}

/** What becomes of a webhook after a request. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly next: FeedPlace }
  | { readonly kind: 'failed'; readonly pauseMs: number; readonly reason: string | undefined };

/** An attempt as it is stored. */
export interface Attempt {
  readonly at: Date;
  readonly messageId: string;
  readonly changes: number;
  readonly result: RequestResult;
}

/**
 * How long a webhook is this process's, by the database's clock. It is renewed before each request, and a request takes
 * at most 10 s. So no two processes send to a webhook at once, and another one takes over within 15 s.
 */
const HELD = "now() + interval '12 s'";
const MOST_ATTEMPTS = 1000;
/**
 * How many connections of the pool all webhooks of this process may use at once, beside those that read the feed.
 * Without that limit, 100 busy webhooks took all connections, and pushes were refused.
 */
const MOST_STATEMENTS = 2;

const OF_CLAIM = `w.id, w.name, w.url, w.events, w.filter, w.fields, w.numbers, w.max_changes AS "maxChanges",
  w.key_id AS "keyId", w.sealed_secret AS "sealedSecret",
  CASE WHEN w.earlier_until > now() THEN w.sealed_earlier END AS "sealedEarlier",
  w.position::float8 AS position, w.call_id AS "callId", w.round, w.failures, w.failing_since AS "failingSince",
  w.message_id AS "messageId", w.message_hash AS "messageHash", w.message_at AS "messageAt",
  w.message_changes AS "messageChanges", w.message_position::float8 AS "messagePosition",
  w.message_call_id AS "messageCallId"`;
const CLAIM = {
  name: 'claim-webhooks',
  text: `UPDATE webhooks w SET holder = $1, held_until = ${HELD}
    FROM (SELECT id FROM webhooks
      WHERE state = 'active' AND sealed_with = $2 AND due_at <= now() AND (held_until IS NULL OR held_until < now())
        AND position <= (SELECT coalesce(max(position), 0) FROM deliveries WHERE ${CHANGED}) AND NOT id = ANY($3::uuid[])
      ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
    WHERE w.id = due.id RETURNING ${OF_CLAIM}`,
};
const CLAIM_ONE = {
  name: 'claim-webhook',
  text: `UPDATE webhooks w SET holder = $1, held_until = ${HELD}
    WHERE id = $2 AND sealed_with = $3 AND (held_until IS NULL OR held_until < now()) RETURNING ${OF_CLAIM}`,
};
const IS_OURS = "id = $1 AND holder = $2 AND round = $3 AND state = 'active'";
const ADVANCE = {
  name: 'advance-webhook',
  text: `UPDATE webhooks SET held_until = ${HELD}, position = $4, call_id = $5 WHERE ${IS_OURS} RETURNING 1`,
};
const BEGIN = {
  name: 'begin-webhook-request',
  text: `UPDATE webhooks SET held_until = ${HELD}, message_id = $4, message_hash = $5, message_at = $6,
      message_changes = $7, message_position = $8, message_call_id = $9 WHERE ${IS_OURS} RETURNING 1`,
};
const SUCCEEDED = {
  name: 'webhook-succeeded',
  text: `UPDATE webhooks SET position = $4, call_id = $5, failures = 0, failing_since = NULL, last_success_at = now(),
      due_at = now(), message_id = NULL, message_hash = NULL, message_at = NULL, message_changes = NULL,
      message_position = NULL, message_call_id = NULL WHERE ${IS_OURS} RETURNING 1`,
};
const FAILED = {
  name: 'webhook-failed',
  text: `UPDATE webhooks SET failures = failures + 1, failing_since = coalesce(failing_since, $4),
      due_at = now() + $5 * interval '1 ms', last_failure = $6,
      state = CASE WHEN $7::text IS NULL THEN state ELSE 'paused' END, reason = coalesce($7, reason)
    WHERE ${IS_OURS} RETURNING 1`,
};
const ADD_ATTEMPT = {
  name: 'add-webhook-attempt',
  text: `INSERT INTO webhook_attempts (id, webhook_id, at, message_id, changes, duration_ms, status, answer, problem)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};
const DROP_ATTEMPTS = {
  name: 'drop-webhook-attempts',
  text: `DELETE FROM webhook_attempts WHERE webhook_id = $1 AND id <= (
    SELECT id FROM webhook_attempts WHERE webhook_id = $1 ORDER BY id DESC OFFSET ${MOST_ATTEMPTS} LIMIT 1)`,
};
const RELEASE = {
  name: 'release-webhook',
  text: `UPDATE webhooks SET holder = NULL, held_until = NULL,
      due_at = greatest(due_at, now() + $3 * interval '1 ms')
    WHERE id = $1 AND holder = $2`,
};
const PAUSE = {
  name: 'pause-webhook',
  text: `UPDATE webhooks SET state = 'paused', reason = $4, round = round + 1 WHERE ${IS_OURS}`,
};
const PAUSE_ORPHANS = {
  name: 'pause-orphaned-webhooks',
  text: `UPDATE webhooks SET state = 'paused', reason = $1, round = round + 1
    WHERE state = 'active' AND key_id <> 'admin' AND NOT EXISTS (
      SELECT 1 FROM api_keys k WHERE k.id::text = webhooks.key_id AND k.revoked_at IS NULL
        AND (k.expires_at IS NULL OR k.expires_at > now()))`,
};
const FORGET = {
  name: 'forget-webhook-attempts',
  text: `DELETE FROM webhook_attempts WHERE id = ANY(ARRAY(
    SELECT id FROM webhook_attempts WHERE id < $1 ORDER BY id LIMIT $2)) RETURNING 1`,
};

/** Shares the webhooks between processes, and notes what became of requests. */
@Injectable()
export class ClaimRepository {
  private readonly holder = randomUUID();
  private readonly statements = new Semaphore(MOST_STATEMENTS);

  constructor(private readonly database: Database) {}

  /**
   * Takes webhooks that have changes to send and are due.
   *
   * @param sealedWith what identifies the key of the secrets
   * @param own those that this process works on already
   */
  claim(sealedWith: Buffer, own: readonly string[], limit: number): Promise<ClaimedWebhook[]> {
    return this.run<ClaimedWebhook>({ ...CLAIM, values: [this.holder, sealedWith, own, limit] });
  }

  /** Takes a webhook whatever its state. @returns undefined if somebody else has it, or it is gone */
  async claimOne(id: string, sealedWith: Buffer): Promise<ClaimedWebhook | undefined> {
    const values = [this.holder, id, sealedWith];
    return (await this.run<ClaimedWebhook>({ ...CLAIM_ONE, values }))[0];
  }

  /** Moves the cursor without a request. @returns false if the webhook was changed, or is another process's */
  advance(webhook: ClaimedWebhook, { position, callId }: FeedPlace): Promise<boolean> {
    return this.changes({ ...ADVANCE, values: [...this.ours(webhook), position, callId] });
  }

  /** Notes the request that is about to be sent. @returns as {@link advance} */
  begin(webhook: ClaimedWebhook, { id, hash, at, changes, next }: StoredMessage): Promise<boolean> {
    const values = [...this.ours(webhook), id, hash, at, changes, next.position, next.callId];
    return this.changes({ ...BEGIN, values });
  }

  /** Notes what became of a request, and moves the cursor if it went well. @returns as {@link advance} */
  finish(webhook: ClaimedWebhook, attempt: Attempt, outcome: Outcome): Promise<boolean> {
    const { at, result } = attempt;
    return this.inTransaction(async (transaction) => {
      const { rows } =
        outcome.kind === 'succeeded'
          ? await transaction.query({
              ...SUCCEEDED,
              values: [...this.ours(webhook), outcome.next.position, outcome.next.callId],
            })
          : await transaction.query({
              ...FAILED,
              values: [
                ...this.ours(webhook),
                at,
                outcome.pauseMs,
                JSON.stringify({ at, status: result.status ?? null, problem: result.problem ?? null }),
                outcome.reason,
              ],
            });
      for (const statement of attemptStatements(webhook.id, attempt)) await transaction.query(statement);
      return rows.length > 0;
    });
  }

  /** Notes an attempt alone. */
  addAttempt(webhookId: string, attempt: Attempt): Promise<void> {
    return this.inTransaction(async (transaction) => {
      for (const statement of attemptStatements(webhookId, attempt)) await transaction.query(statement);
    });
  }

  /** Lets others have the webhook. @param pauseMs the shortest time until it is due again */
  async release({ id }: Pick<ClaimedWebhook, 'id'>, pauseMs = 0): Promise<void> {
    await this.run({ ...RELEASE, values: [id, this.holder, pauseMs] });
  }

  async pause(webhook: ClaimedWebhook, reason: string): Promise<void> {
    await this.run({ ...PAUSE, values: [...this.ours(webhook), reason] });
  }

  /** Pauses the webhooks whose API key is revoked or has expired. */
  async pauseOrphans(reason: string): Promise<void> {
    await this.run({ ...PAUSE_ORPHANS, values: [reason] });
  }

  /** Forgets attempts before an id. @returns how many */
  async forgetAttempts(before: string, limit: number): Promise<number> {
    return (await this.run({ ...FORGET, values: [before, limit] })).length;
  }

  private run<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.statements.run(() => this.database.query<Row>(statement));
  }

  private inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.statements.run(() => this.database.transaction(work));
  }

  private ours({ id, round }: ClaimedWebhook): unknown[] {
    return [id, this.holder, round];
  }

  private async changes(statement: Statement): Promise<boolean> {
    return (await this.run(statement)).length > 0;
  }
}

function attemptStatements(webhookId: string, { at, messageId, changes, result }: Attempt) {
  const { durationMs, status, answer, problem } = result;
  const values = [orderedId(at.getTime()), webhookId, at, messageId, changes, durationMs];
  return [
    { ...ADD_ATTEMPT, values: [...values, status ?? null, answer ?? null, problem ?? null] },
    { ...DROP_ATTEMPTS, values: [webhookId] },
  ];
}
