import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, makeFolder } from '../../platform/durable-files.js';
import { errorCode } from '../../platform/error-code.js';
import { Settings } from '../config/settings.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FILE = 'webhook-secret-key';
const KEY_BYTES = 32;
const FINGERPRINT_BYTES = 8;
const SECRET_BYTES = 32;
/** How Standard Webhooks marks a secret. */
const PREFIX = 'whsec_';

/** A secret of {@link SealedSecrets}, and what identifies the key that opens it. */
export interface SealedSecret {
  readonly sealed: Buffer;
  readonly sealedWith: Buffer;
}

/** @returns `whsec_` and 32 random bytes in base64 */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** The bytes that sign, of the text of a secret. */
export function secretBytes(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}

/**
 * Seals the secrets of webhooks, so that nobody can sign requests who can only read the database. The key is
 * WEBHOOK_SECRET_KEY, or is made in DATA_DIR when it is first needed.
 */
@Injectable()
export class SealedSecrets {
  private key: Buffer | undefined;

  constructor(private readonly settings: Settings) {}

  /** Identifies the key. Undefined: there is none yet, so this process can't open any secret. */
  fingerprint(): Buffer | undefined {
    const key = this.existing();
    return key === undefined ? undefined : fingerprintOf(key);
  }

  /** @param webhook the id of the webhook; its secret can't be opened for another one */
  seal(secret: string, webhook: string): SealedSecret {
    const key = this.existing() ?? this.make();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(webhook));
    const sealed = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return { sealed: Buffer.concat(sealed), sealedWith: fingerprintOf(key) };
  }

  /** @throws Error when it was sealed with another key, for another webhook, or was changed */
  open(sealed: Buffer, webhook: string): string {
    const key = this.existing();
    if (key === undefined) throw new Error('there is no key for the secrets of webhooks');
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(webhook)).setAuthTag(sealed.subarray(-TAG_BYTES));
    const opened = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  }

  private existing(): Buffer | undefined {
    const { webhookSecretKey } = this.settings;
    const text = webhookSecretKey ?? (this.key === undefined ? contentOf(this.file) : undefined);
    if (text !== undefined) this.key ??= keyOf(text);
    return this.key;
  }

  private make(): Buffer {
    makeFolder(this.settings.dataDir);
    // If the file exists already, another process was faster.
    createFile(this.file, `${randomBytes(KEY_BYTES).toString('base64url')}\n`);
    const key = this.existing();
    if (key === undefined) throw new Error(`${this.file} can't be read`);
    return key;
  }

  private get file(): string {
    return join(this.settings.dataDir, FILE);
  }
}

function keyOf(text: string): Buffer {
  return createHmac('sha256', text.trim()).update('seal the secrets of webhooks').digest();
}

function fingerprintOf(key: Buffer): Buffer {
  return hash('sha256', key, 'buffer').subarray(0, FINGERPRINT_BYTES);
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
