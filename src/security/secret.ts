import { hash, timingSafeEqual } from 'node:crypto';

/** A secret that can only be compared. The duration of the comparison reveals nothing about the secret. */
export class Secret {
  private readonly digest: Buffer;

  constructor(secret: string) {
    this.digest = digestOf(secret);
  }

  equals(candidate: string): boolean {
    return timingSafeEqual(this.digest, digestOf(candidate));
  }
}

/** The digest has the same length for all secrets, as `timingSafeEqual` requires. */
function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/**
 * The token of an `Authorization: Bearer` header.
 *
 * @returns undefined if the header is missing or has another form
 */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/**
 * The password of an `Authorization: Basic` header. The user name is ignored.
 *
 * @returns undefined if the header is missing or has another form
 */
export function basicPassword(header: string | undefined): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const separator = credentials.indexOf(':');
  return separator < 0 ? undefined : credentials.slice(separator + 1);
}
