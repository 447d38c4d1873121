import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Settings } from '../config/settings.js';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FINGERPRINT_BYTES = 8;

/**
 * Encrypts small secrets for a place that others may read: a table, a cookie (AES-256-GCM). The key comes from the
 * settings: SEALING_KEY, or ADMIN_API_KEY without it. So all processes of a ledger open what one of them sealed, and the
 * database alone opens nothing.
 */
@Injectable()
export class Sealing {
  constructor(private readonly settings: Settings) {}

  /** @param use what the secret is for; {@link opened} must name the same use, and each use has a key of its own */
  sealed(use: string, secret: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.keyFor(use), nonce);
    return Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  /** @returns undefined if it was sealed with another key or for another use, or was changed */
  opened(use: string, sealed: Buffer): string | undefined {
    if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, this.keyFor(use), sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      // The tag is wrong. The error says no more than that.
      return undefined;
    }
  }

  /** Identifies the key of this process: {@link opened} only opens what was sealed by the same one. */
  fingerprint(): Buffer {
    return this.derived('fingerprint', FINGERPRINT_BYTES);
  }

  private keyFor(use: string): Buffer {
    return this.derived(use, KEY_BYTES);
  }

  private derived(use: string, bytes: number): Buffer {
    const secret = this.settings.sealingKey ?? this.settings.adminApiKey;
    return Buffer.from(hkdfSync('sha256', secret, '', `call-ledger ${use}`, bytes));
  }
}
