// Takes a number out of bytes; on another thread where the main one would be held up.
import { Injectable } from '@nestjs/common';
import { erasedBody } from '../../numbers/erased-body.js';
import { NumberSearch } from '../../numbers/number-search.js';
import { bufferOf } from '../../workers/received.js';
import { MOST_BYTES_INLINE, Workers } from '../../workers/workers.js';

@Injectable()
export class BodyEraser {
  constructor(private readonly workers: Workers) {}

  /** @returns undefined when the number is not there */
  async erased(bytes: Buffer, search: NumberSearch): Promise<Buffer | undefined> {
    const input = { bytes, core: search.core };
    const erased = await this.workers.runSurely(eraseBody, input, bytes.length, 'erasure');
    return erased === undefined ? undefined : bufferOf(erased);
  }

  /** Whether the number is in JSON. */
  async isIn(json: string, search: NumberSearch): Promise<boolean> {
    if (json.length <= MOST_BYTES_INLINE) return search.isInJson(json);
    return (await this.erased(Buffer.from(json), search)) !== undefined;
  }
}

/** @param core as `coreOf` gives it */
export async function eraseBody({
  bytes,
  core,
}: {
  readonly bytes: Uint8Array;
  readonly core: string;
}): Promise<Uint8Array | undefined> {
  return erasedBody(bufferOf(bytes), new NumberSearch(core));
}
