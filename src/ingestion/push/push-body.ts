// The stream of a push in, the bytes of its body out, decompressed and bounded.
import getRawBody from 'raw-body';
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { UnreadableBodyError } from '../reading/body-reader.js';
import { PushError } from './push-error.js';

/** The body as it came, when it could not be decompressed. */
export class UnreadableEncodingError extends UnreadableBodyError {
  constructor(
    readonly body: Buffer,
    reason: string,
  ) {
    super(reason, 'byte 0');
  }
}

/**
 * Reads a body whatever its content type.
 *
 * @param limit bytes, before and after decompression
 * @param take is told of bytes before they are held beside those that came; what it throws ends the reading
 * @throws PushError 413 over the limit, 415 for an encoding other than gzip, 400 when the client broke off
 * @throws UnreadableEncodingError for gzip that can't be unpacked
 */
export async function readPushBody(
  request: IncomingMessage,
  limit: number,
  take: (bytes: number) => void,
): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (!['identity', 'gzip', 'x-gzip', ''].includes(encoding)) {
    throw new PushError(415, 'The body is encoded in a way that is not understood; gzip is');
  }
  const body = await readBytes(request, limit);
  return encoding.endsWith('gzip') ? unpack(body, limit, take) : body;
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await getRawBody(request, { limit, length: request.headers['content-length'] ?? null });
  } catch (error) {
    // What still comes is read and dropped, so that the client gets to read the answer.
    request.resume();
    const type = error instanceof Error && 'type' in error ? error.type : undefined;
    if (type === 'entity.too.large') throw tooLarge(limit);
    throw new PushError(400, 'The request broke off before its body was complete', undefined, {
      cause: error,
    });
  }
}

/** Piece by piece: 30 kB of gzip may be 32 MB, and a hundred of them at once be more than the machine has. */
async function unpack(body: Buffer, limit: number, take: (bytes: number) => void): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of createGunzip().end(body) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limit) throw tooLarge(limit);
      take(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof PushError) throw error;
    throw new UnreadableEncodingError(body, 'The body is not gzip, though its header says so');
  }
  return Buffer.concat(pieces);
}

function tooLarge(limit: number): PushError {
  return new PushError(413, `The body is larger than ${limit} bytes`);
}
