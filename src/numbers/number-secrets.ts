import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A keyed hash (HMAC-SHA-256) of a number. It shows only whether two numbers are the same.
 *
 * @param core the result of `coreOf`
 */
export function numberHash(secret: Buffer, core: string): Buffer {
  return hasherOf(secret)(core);
}

/** Does the same as {@link numberHash}, for many numbers. */
export function hasherOf(secret: Buffer): (core: string) => Buffer {
  const key = keyFor('hash', secret);
  return (core) => createHmac('sha256', key).update(core).digest();
}

/** Encrypts a number with the ledger's secret (AES-256-GCM). {@link openedNumber} decrypts it. */
export function sealedNumber(secret: Buffer, core: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyFor('seal', secret), nonce);
  return Buffer.concat([nonce, cipher.update(core, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts a number of {@link sealedNumber}.
 *
 * @throws Error when it was encrypted with another secret, or was changed
 */
export function openedNumber(secret: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv(ALGORITHM, keyFor('seal', secret), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([opened, decipher.final()]).toString('utf8');
}

/** Derives a separate key for each use. */
function keyFor(use: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(use).digest();
}
