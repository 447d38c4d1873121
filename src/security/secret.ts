import { hash, timingSafeEqual } from 'node:crypto';

/** A secret that can only be compared with, in a time that tells nothing of it. */
export class Secret {
  private readonly digest: Buffer;

  constructor(secret: string) {
    this.digest = digestOf(secret);
  }

  equals(candidate: string): boolean {
    return timingSafeEqual(this.digest, digestOf(candidate));
  }
}

/** Of equal length for all secrets, as `timingSafeEqual` needs it. */
function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** The password of `Basic`; the user's name is not looked at. */
export function basicPassword(header: string | undefined): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const separator = credentials.indexOf(':');
  return separator < 0 ? undefined : credentials.slice(separator + 1);
}
