import { Injectable } from '@nestjs/common';
import { erasedBody } from '../../numbers/erased-body.js';
import { NumberSearch } from '../../numbers/number-search.js';
import { bufferOf } from '../../workers/received.js';
import { MOST_BYTES_INLINE, Workers } from '../../workers/workers.js';

/** Removes a number from bytes. Large bytes go to another thread, so that they don't block the main one. */
@Injectable()
export class BodyEraser {
  constructor(private readonly workers: Workers) {}

  /** @returns the bytes without the number; undefined if they do not hold it */
  async erased(bytes: Buffer, search: NumberSearch): Promise<Buffer | undefined> {
    const input = { bytes, core: search.core };
    const erased = await this.workers.runSurely(eraseBody, input, bytes.length, 'erasure');
    return erased === undefined ? undefined : bufferOf(erased);
  }

  /** Whether the JSON holds the number. */
  async isIn(json: string, search: NumberSearch): Promise<boolean> {
    if (json.length <= MOST_BYTES_INLINE) return search.isInJson(json);
    return (await this.erased(Buffer.from(json), search)) !== undefined;
  }
}

/**
 * The work of the other thread.
 *
 * @param core the number, as `coreOf` returns it
 * @returns the bytes without the number; undefined if they do not hold it
 */
export async function eraseBody({
  bytes,
  core,
}: {
  readonly bytes: Uint8Array;
  readonly core: string;
}): Promise<Uint8Array | undefined> {
  return erasedBody(bufferOf(bytes), new NumberSearch(core));
}
