// Hashes that only say whether two numbers are the same, and numbers that are sealed, both by the ledger's secret.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** @param core as `coreOf` gives it */
export function numberHash(secret: Buffer, core: string): Buffer {
  return hasherOf(secret)(core);
}

/** {@link numberHash} for many numbers. */
export function hasherOf(secret: Buffer): (core: string) => Buffer {
  const key = keyFor('hash', secret);
  return (core) => createHmac('sha256', key).update(core).digest();
}

/** Seals a number, so that {@link openedNumber} gives it back. */
export function sealedNumber(secret: Buffer, core: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyFor('seal', secret), nonce);
  return Buffer.concat([nonce, cipher.update(core, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when it was sealed with another secret, or changed since */
export function openedNumber(secret: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv(ALGORITHM, keyFor('seal', secret), sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([opened, decipher.final()]).toString('utf8');
}

/** One key for one use. */
function keyFor(use: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(use).digest();
}
