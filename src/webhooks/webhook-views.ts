// Makes the answers of the API from stored webhooks.
import type { StoredWebhook, WebhookAttempt } from '../persistence/schema/entities/webhook.entities.js';
import { encodePlace } from '../query/changes/feed-place.js';
import type { Attempt } from './sending/claim.repository.js';
import type { WebhookAttemptDto, WebhookDto } from './webhook.dto.js';
import type { Lag } from './webhook.repository.js';

const NO_LAG: Lag = { lagChanges: 0, lagSeconds: 0 };
const OTHER_KEY =
  'This process has another key than the one that sealed the secret (SEALING_KEY, or ADMIN_API_KEY). Give the key back, or rotate the secret';

/** @param fingerprint identifies the key of this process */
export function webhookDto(webhook: StoredWebhook, lag: Lag | undefined, fingerprint: Buffer): WebhookDto {
  const { id, name, url, events, filter, fields, numbers, maxChanges, sources, state } = webhook;
  const canOpen = fingerprint.equals(webhook.sealedWith);
  return {
    ...{ id, name, url, events, filter, fields, numbers, maxChanges, sources },
    createdBy: webhook.keyId,
    createdAt: webhook.createdAt.toISOString(),
    state,
    reason: state === 'active' ? (canOpen ? null : OTHER_KEY) : webhook.reason,
    cursor: encodePlace(webhook),
    ...(lag ?? NO_LAG),
    lastSuccessAt: webhook.lastSuccessAt?.toISOString() ?? null,
    lastFailure: webhook.lastFailure,
  };
}

export function attemptDto(attempt: WebhookAttempt): WebhookAttemptDto {
  const { id, messageId, changes, durationMs, status, answer, problem } = attempt;
  return { id, at: attempt.at.toISOString(), messageId, changes, durationMs, status, answer, problem };
}

/** An attempt that was just made. */
export function testedDto(id: string, { at, messageId, changes, result }: Attempt): WebhookAttemptDto {
  const { durationMs, status = null, answer = null, problem = null } = result;
  return { id, at: at.toISOString(), messageId, changes, durationMs, status, answer, problem };
}
