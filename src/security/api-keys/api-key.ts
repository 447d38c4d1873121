// The text of an API key: made, taken apart, and what is kept of it.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { validate as isUuid } from 'uuid';

const SECRET_BYTES = 32;
const FORM = /^clk_([0-9a-f-]{36})_([0-9a-f]{64})$/;

export interface NewKey {
  /** Shown once and kept nowhere. */
  readonly key: string;
  readonly secretHash: Buffer;
}

/** @param id a UUID */
export function newKey(id: string): NewKey {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  return { key: `clk_${id}_${secret}`, secretHash: hashOf(secret) };
}

/** @returns undefined for what is no key of ours */
export function parseKey(key: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = FORM.exec(key) ?? [];
  return id !== undefined && secret !== undefined && isUuid(id) ? { id, secret } : undefined;
}

/** In a time that tells nothing of the hash. */
export function isSecretOf(secret: string, secretHash: Buffer): boolean {
  return timingSafeEqual(hashOf(secret), secretHash);
}

/**
 * A fast hash is right here: slow ones make up for what people choose as passwords. 256 random bits can't be guessed
 * at any speed, and a slow hash would cost every request, and whoever sends wrong keys nothing.
 */
function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
