// Takes a number out of bytes; on another thread where the main one would be held up.
import { Injectable } from '@nestjs/common';
import { erasedBody } from '../../numbers/erased-body.js';
import { NumberSearch } from '../../numbers/number-search.js';
import { MOST_BYTES_INLINE, TaskEndedError, Workers } from '../../workers/workers.js';

@Injectable()
export class BodyEraser {
  constructor(private readonly workers: Workers) {}

  /** @returns undefined when the number is not there */
  async erased(bytes: Buffer, search: NumberSearch): Promise<Buffer | undefined> {
    if (bytes.length <= MOST_BYTES_INLINE) return erasedBody(bytes, search);
    try {
      const input = { bytes, core: search.core };
      const erased = await this.workers.run<typeof eraseBody>('eraseBody', input, 'erasure');
      return erased === undefined ? undefined : bufferOf(erased);
    } catch (error) {
      if (!(error instanceof TaskEndedError)) throw error;
      // No number may be missed because the machine is busy: here it takes as long as it takes.
      return erasedBody(bytes, search);
    }
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

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
