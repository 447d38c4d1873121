// The signatures of Standard Webhooks (https://www.standardwebhooks.com).
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookChange } from './api.js';
import { isCursor, isObject, isWebhookChange, jsonOf } from './shapes.js';

/** Headers as Node.js and Express give them (names in small letters), or as `fetch` does. */
export type ReceivedHeaders =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How old a request may be, and how far ahead its clock, in seconds. Default: 300. */
  readonly toleranceSeconds?: number;
  /** The present, in milliseconds since 1970. Default: the machine's clock. */
  readonly now?: number;
}

/** A request that comes from the ledger. */
export interface VerifiedWebhook {
  /** The same when the same changes come again. */
  readonly id: string;
  /** `calls.changed`, `webhook.test`, or a kind that later versions of the ledger have. */
  readonly type: string;
  /** In the order in which they were committed. Empty for other types than `calls.changed`. */
  readonly changes: readonly WebhookChange[];
  /** The place in the feed after these changes. Undefined for other types than `calls.changed`. */
  readonly cursor: string | undefined;
  /** The whole body. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request that is not to be trusted: answer it 401. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

const TOLERANCE_S = 300;
const PREFIX = 'whsec_';
/** Standard Webhooks asks for 24. */
const SHORTEST_SECRET_BYTES = 16;

/**
 * Checks that a request comes from the ledger, and is not an old one that somebody sends again.
 *
 * @param body the bytes as they came, or their text: a body that was parsed and written again has another signature
 * @param secrets `whsec_…`. Several while a secret is rotated: one of them must fit.
 * @throws WebhookError if the request is not to be trusted
 * @throws TypeError if a secret, the body or an option is not valid
 */
export function verifyWebhook(
  body: string | Uint8Array,
  headers: ReceivedHeaders,
  secrets: string | readonly string[],
  { toleranceSeconds = TOLERANCE_S, now = Date.now() }: VerifyOptions = {},
): VerifiedWebhook {
  const keys = (typeof secrets === 'string' ? [secrets] : secrets).map(keyOf);
  if (keys.length === 0) throw new TypeError('No secret was given');
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('The body must be the text or the bytes as they came, not what was parsed of them');
  if (!(toleranceSeconds >= 0)) throw new TypeError('toleranceSeconds must be 0 or more');
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headerOf(headers, name));
  if (!id || !timestamp || !signatures) throw new WebhookError('A header of the signature is missing');
  if (!/^\d{1,15}$/.test(timestamp)) throw new WebhookError('The timestamp is not valid');
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds)
    throw new WebhookError('The request is too old, or its clock or ours is wrong');
  const given = signatures.split(' ');
  const fits = keys.some((key) => {
    const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
    return given.some((one) => isSame(one, `v1,${digest}`));
  });
  if (!fits) throw new WebhookError('No signature fits');
  return messageOf(id, textOf(body));
}

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = Buffer.from(text, 'base64');
  // An empty secret would let everybody sign.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || key.length < SHORTEST_SECRET_BYTES)
    throw new TypeError('A secret is not valid: it must be "whsec_" and base64');
  return key;
}

function headerOf(headers: ReceivedHeaders, name: string): string | undefined {
  const full = `webhook-${name}`;
  const value = hasGet(headers) ? headers.get(full) : headers[full];
  return typeof value === 'string' ? value : undefined;
}

function hasGet(headers: ReceivedHeaders): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function';
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

function messageOf(id: string, text: string): VerifiedWebhook {
  const body = jsonOf(text);
  if (!isObject(body) || typeof body['type'] !== 'string') throw new WebhookError('The body has no type');
  const { type, data } = body;
  if (type !== 'calls.changed') return { id, type, changes: [], cursor: undefined, body };
  if (!isObject(data) || !Array.isArray(data['changes']) || !data['changes'].every(isWebhookChange))
    throw new WebhookError('The body has no changes');
  if (!isCursor(data['cursor'])) throw new WebhookError('The body has no cursor');
  return { id, type, changes: data['changes'], cursor: data['cursor'], body };
}
