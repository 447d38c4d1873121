import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** The content of a row of `delivery_bodies`. */
export interface StoredBody {
  readonly encoding: 'identity' | 'gzip';
  readonly bytes: Buffer;
}

const compress = promisify(gzip);

/** Smaller bodies fit into one page with their row, so that compressing them saves no reads or writes. */
const SMALLEST_TO_COMPRESS = 2000;

/**
 * Compresses a body for storage if that saves at least a tenth. It uses the fastest level, on a thread of libuv's pool.
 */
export async function packBody(body: Buffer): Promise<StoredBody> {
  if (body.length < SMALLEST_TO_COMPRESS) return { encoding: 'identity', bytes: body };
  const packed = await compress(body, { level: constants.Z_BEST_SPEED });
  return packed.length < body.length * 0.9
    ? { encoding: 'gzip', bytes: packed }
    : { encoding: 'identity', bytes: body };
}
