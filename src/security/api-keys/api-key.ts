// Creates and parses the text of an API key, and hashes its secret.
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { validate as isUuid } from 'uuid';

const SECRET_BYTES = 32;
const FORM = /^clk_([0-9a-f-]{36})_([0-9a-f]{64})$/;

export interface NewKey {
  /** Shown once and never stored. */
  readonly key: string;
  readonly secretHash: Buffer;
}

/** @param id a UUID */
export function newKey(id: string): NewKey {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  return { key: `clk_${id}_${secret}`, secretHash: hashOf(secret) };
}

/** @returns undefined if the text does not have the form of a key */
export function parseKey(key: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = FORM.exec(key) ?? [];
  return id !== undefined && secret !== undefined && isUuid(id) ? { id, secret } : undefined;
}

/** Whether the secret belongs to the hash. The duration reveals nothing about the hash. */
export function isSecretOf(secret: string, secretHash: Buffer): boolean {
  return timingSafeEqual(hashOf(secret), secretHash);
}

/**
 * A fast hash is right here. Slow hashes protect passwords that people choose, but 256 random bits cannot be guessed at
 * any speed. A slow hash would cost time in every request, and would cost an attacker with wrong keys nothing.
 */
function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
