import { Injectable } from '@nestjs/common';
import { PushError } from './push-error.js';

/** Bytes of all pushes under way: bodies, and several times as much while they are read. */
const MOST_BYTES = 256 * 1024 * 1024;
const RETRY_AFTER_S = 1;

/** Bounds the memory that pushes take, however fast they come: what is over it is refused before it is read. */
@Injectable()
export class BodyBudget {
  private bytes = 0;

  /**
   * @param bytes that a push is going to hold
   * @returns gives them back
   * @throws PushError 503 when too much is under way
   */
  take(bytes: number): () => void {
    if (this.bytes > 0 && this.bytes + bytes > MOST_BYTES) {
      throw new PushError(503, 'Too much is being pushed at once', RETRY_AFTER_S);
    }
    this.bytes += bytes;
    return () => {
      this.bytes -= bytes;
    };
  }
}
