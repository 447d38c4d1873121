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
