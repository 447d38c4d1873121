import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Sealing } from '../security/sealing.js';

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

/** Seals the secrets of webhooks, so that nobody can sign requests who can only read the database. */
@Injectable()
export class SealedSecrets {
  constructor(private readonly sealing: Sealing) {}

  /** Identifies the key of this process. */
  fingerprint(): Buffer {
    return this.sealing.fingerprint();
  }

  /** @param webhook the id of the webhook; its secret can't be opened for another one */
  seal(secret: string, webhook: string): SealedSecret {
    return {
      sealed: this.sealing.sealed(useOf(webhook), secret),
      sealedWith: this.sealing.fingerprint(),
    };
  }

  /** @throws Error when it was sealed with another key, for another webhook, or was changed */
  open(sealed: Buffer, webhook: string): string {
    const secret = this.sealing.opened(useOf(webhook), sealed);
    if (secret === undefined) throw new Error(`the secret of the webhook ${webhook} can't be opened`);
    return secret;
  }
}

function useOf(webhook: string): string {
  return `secret of the webhook ${webhook}`;
}
