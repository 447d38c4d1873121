// Works on a webhook that this process has claimed: one request after the other.
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Settings } from '../../config/settings.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { KnownKeys } from '../../security/api-keys/known-keys.js';
import { type KeyHolder, seesNumbers } from '../../security/principal.js';
import { SealedSecrets } from '../sealed-secrets.js';
import { type Attempt, ClaimRepository, type ClaimedWebhook, type Outcome } from './claim.repository.js';
import { type Message, Messages } from './message.js';
import { type RequestResult, sendRequest } from './request.js';
import { LONGEST_FAILURE_MS, pauseAfter } from './retry.js';
import { signedHeaders } from './signature.js';

/** How late, at most, the end of a key is noticed. */
const KEY_AGE_MS = 1000;
/** All requests that are under way may hold so many bytes. Webhooks of receivers that hang could take all memory. */
const MOST_BYTES = 64 * 1024 * 1024;
const BUSY_MS = 1000;
/** After a fault of this process, such as a secret that can't be opened. */
const FAULT_MS = 5000;
const GONE = 410;

export const KEY_ENDED = 'The API key that made it was revoked or has expired';
const KEY_SEES_NO_NUMBERS = 'The API key that made it may not see full numbers';

/** What a step has done. `busy`: too much is under way, so the webhook has to wait. */
type Step = 'again' | 'done' | 'busy';

@Injectable()
export class WebhookWorker {
  private bytes = 0;

  constructor(
    private readonly settings: Settings,
    private readonly keys: KnownKeys,
    private readonly audit: AuditLog,
    private readonly secrets: SealedSecrets,
    private readonly claims: ClaimRepository,
    private readonly messages: Messages,
  ) {}

  /**
   * Sends what a webhook does not have yet, until there is no more or a request fails. Then others may have it.
   *
   * @param stopping aborted when the process stops
   * @param restMs how long it then waits for more, so that requests do not become too many
   * @throws DatabaseUnavailableError
   */
  async work(webhook: ClaimedWebhook, stopping: AbortSignal, restMs: number): Promise<void> {
    let current = webhook;
    let step: Step = 'again';
    let pauseMs = FAULT_MS;
    try {
      while (step === 'again' && !stopping.aborted) [step, current] = await this.step(current, stopping);
      pauseMs = step === 'busy' ? BUSY_MS : step === 'done' ? restMs : 0;
    } finally {
      await this.claims.release(webhook, pauseMs);
    }
  }

  /** Sends a request without changes, and waits for what becomes of it. It does not move the cursor. */
  async test(webhook: ClaimedWebhook): Promise<Attempt> {
    try {
      const [messageId, at] = [uuidv7(), new Date()];
      const body = JSON.stringify({ type: 'webhook.test', timestamp: at.toISOString(), data: {} });
      const result = await this.send(webhook, { id: messageId, body }, new AbortController().signal);
      const attempt = { at, messageId, changes: 0, result };
      await this.claims.addAttempt(webhook.id, attempt);
      return attempt;
    } finally {
      await this.claims.release(webhook);
    }
  }

  private async step(webhook: ClaimedWebhook, stopping: AbortSignal): Promise<[Step, ClaimedWebhook]> {
    const holder = await this.keys.holderById(webhook.keyId, KEY_AGE_MS);
    if (holder === undefined || (webhook.numbers === 'full' && !seesNumbers(holder))) {
      await this.claims.pause(webhook, holder === undefined ? KEY_ENDED : KEY_SEES_NO_NUMBERS);
      return ['done', webhook];
    }
    const { message, next, upToDate } = await this.messages.next(webhook, holder);
    const moved = { ...webhook, ...next };
    if (message === undefined) {
      const isOurs = await this.claims.advance(webhook, next);
      return [isOurs && !upToDate ? 'again' : 'done', moved];
    }
    if (this.bytes + message.body.length > MOST_BYTES && this.bytes > 0) return ['busy', webhook];
    this.bytes += message.body.length;
    try {
      const isSent = await this.deliver(webhook, message, holder, stopping);
      return [isSent && !upToDate ? 'again' : 'done', { ...moved, ...NO_MESSAGE }];
    } finally {
      this.bytes -= message.body.length;
    }
  }

  /** @returns whether the cursor has moved */
  private async deliver(
    webhook: ClaimedWebhook,
    message: Message,
    holder: KeyHolder,
    stopping: AbortSignal,
  ): Promise<boolean> {
    if (message.withNumbers > 0) await this.noteNumbers(webhook, message, holder);
    // The webhook is this process's for 12 s from now, and the request ends within 10 s.
    if (!(await this.claims.begin(webhook, message))) return false;
    const at = new Date();
    const result = await this.send(webhook, message, stopping);
    // The request was ended by the stop. Whoever carries on sends it again.
    if (stopping.aborted && result.status === undefined) return false;
    const attempt = { at, messageId: message.id, changes: message.changes, result };
    const outcome = outcomeOf(webhook, message, attempt);
    return (await this.claims.finish(webhook, attempt, outcome)) && outcome.kind === 'succeeded';
  }

  private send(
    { id: webhookId, url, sealedSecret, sealedEarlier }: ClaimedWebhook,
    { id, body }: Pick<Message, 'id' | 'body'>,
    stopping: AbortSignal,
  ): Promise<RequestResult> {
    const sealed = sealedEarlier === null ? [sealedSecret] : [sealedSecret, sealedEarlier];
    const secrets = sealed.map((one) => this.secrets.open(one, webhookId));
    const headers = signedHeaders({ id, body, timestamp: Math.floor(Date.now() / 1000) }, secrets);
    return sendRequest({ url, body: Buffer.from(body), headers }, this.settings.webhookHosts, stopping);
  }

  /** The numbers leave the ledger in the name of the key that made the webhook. */
  private async noteNumbers(
    { id }: ClaimedWebhook,
    { withNumbers, id: messageId }: Message,
    holder: KeyHolder,
  ): Promise<void> {
    await this.audit.record({
      action: 'webhook.sent',
      by: { ...holder, remoteAddress: null, requestId: messageId },
      detail: { webhook: id, masked: false },
      rows: withNumbers,
    });
  }
}

const NO_MESSAGE = { messageId: null, messageHash: null, messageAt: null, failures: 0, failingSince: null };

function outcomeOf(webhook: ClaimedWebhook, { next }: Message, { at, result }: Attempt): Outcome {
  if (result.problem === undefined) return { kind: 'succeeded', next };
  const pauseMs = pauseAfter(webhook.failures + 1, result.retryAfter);
  return { kind: 'failed', pauseMs, reason: reasonToPause(webhook, at, result) };
}

function reasonToPause(
  { failingSince }: ClaimedWebhook,
  at: Date,
  { status, problem }: RequestResult,
): string | undefined {
  if (status === GONE) return 'The receiver answered 410: it does not want requests any more';
  const failingMs = failingSince === null ? 0 : at.getTime() - failingSince.getTime();
  return failingMs < LONGEST_FAILURE_MS
    ? undefined
    : `Every request has failed for 5 days. The last problem: ${problem ?? ''}`;
}
