// A body's bytes in, the bytes to keep out.
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** What a row of delivery_bodies holds. */
export interface StoredBody {
  readonly encoding: 'identity' | 'gzip';
  readonly bytes: Buffer;
}

const compress = promisify(gzip);

/** Smaller bodies fit into a page with their row; compressing them saves nothing that is read or written. */
const SMALLEST_TO_COMPRESS = 2000;

/** Compresses where that pays: on a thread of libuv's pool, at the fastest level. */
export async function packBody(body: Buffer): Promise<StoredBody> {
  if (body.length < SMALLEST_TO_COMPRESS) return { encoding: 'identity', bytes: body };
  const packed = await compress(body, { level: constants.Z_BEST_SPEED });
  return packed.length < body.length * 0.9
    ? { encoding: 'gzip', bytes: packed }
    : { encoding: 'identity', bytes: body };
}
