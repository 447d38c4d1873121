// Reads and decompresses the body of a push, with limits of size and time.
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Refusal } from '../delivery.js';
import { BodyNotReadError, type BodyShare } from './body-budget.js';

/** The body of a push. */
export interface PushBody {
  readonly bytes: Buffer;
  /**
   * Set when the bytes could not be decoded and are unchanged. `isUnknown`: the encoding is not supported. Otherwise
   * the bytes do not match their header.
   */
  readonly undecodable?: { readonly isUnknown: boolean; readonly refusal: Refusal };
}

type MakeDecoder = (body: Buffer) => Transform;

const DECODERS: ReadonlyMap<string, MakeDecoder> = new Map<string, MakeDecoder>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', (body) => (hasZlibHead(body) ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
]);
/**
 * How many encodings a body may have. Each decompression may give as many bytes as the limit allows, so more of them
 * would only cost time.
 */
const MOST_ENCODINGS = 3;
/**
 * At least {@link LEAST_BYTES} of a body must arrive within each {@link PACE_MS}: 3 kB/s. The vendor itself gives up
 * after 0.7 s. A client with a slow connection has enough time, and a client that sends a byte per second blocks a
 * connection for only 5 s.
 */
const LEAST_BYTES = 16_384;
const PACE_MS = 5000;
/** Only names of this form are repeated in messages, because the header may contain anything. */
const NAME_OF_ENCODING = /^[a-z-]{1,16}\d{0,3}$/;

/**
 * Reads a body of any content type.
 *
 * @param limit the largest size in bytes, before and after each decompression
 * @param share counts the bytes before they are kept; its errors stop the reading
 * @throws BodyNotReadError when the body is too large, too slow or incomplete, or its source pushes too much at once
 */
export async function readPushBody(
  request: IncomingMessage,
  limit: number,
  share: BodyShare,
): Promise<PushBody> {
  const encodings = encodingsOf(request);
  const body = await readBytes(request, limit, share);
  share.complete();
  const reason = unknownEncoding(encodings);
  if (reason !== undefined)
    return { bytes: body, undecodable: { isUnknown: true, refusal: { reason, place: '' } } };
  let unpacked = body;
  // The header lists the encodings in the order in which they were applied (RFC 9110).
  for (const encoding of encodings.reverse()) {
    const pieces = await unpack(unpacked, encoding, limit, share);
    if (pieces === undefined) {
      const refusal = { reason: `The body is not ${encoding}, though its header says so`, place: 'byte 0' };
      return { bytes: body, undecodable: { isUnknown: false, refusal } };
    }
    unpacked = pieces;
  }
  return { bytes: unpacked };
}

function encodingsOf({ headers }: IncomingMessage): string[] {
  return (headers['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
}

/** @returns why the body cannot be decoded; undefined when all encodings are supported */
function unknownEncoding(encodings: readonly string[]): string | undefined {
  const unknown = encodings.find((encoding) => !DECODERS.has(encoding));
  if (unknown !== undefined) {
    const way = NAME_OF_ENCODING.test(unknown) ? `as ${unknown}, which` : 'in a way that';
    return `The body is encoded ${way} is not supported; use gzip, deflate or br`;
  }
  return encodings.length > MOST_ENCODINGS
    ? `The body is encoded more than ${MOST_ENCODINGS} times`
    : undefined;
}

/**
 * Whether a body has the zlib header. `deflate` is the zlib format (RFC 1950), but some senders omit its header and
 * checksum.
 */
function hasZlibHead(body: Buffer): boolean {
  return body.length >= 2 && (body.readUInt8(0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

async function readBytes(request: IncomingMessage, limit: number, share: BodyShare): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const take = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > limit) throw tooLarge(limit);
    share.take(piece.length);
    pieces.push(piece);
  };
  try {
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
    await piecesOf(request, share, take);
  } catch (error) {
    // The rest is read and dropped, so that the client can read the answer.
    request.resume();
    if (error instanceof BodyNotReadError) throw error;
    throw new BodyNotReadError('broken off', 'The request broke off before its body was complete', {
      cause: error,
    });
  }
  return Buffer.concat(pieces);
}

/**
 * Passes on the pieces of the body. Resolves at its end.
 *
 * @param take gets each piece; its errors stop the reading
 * @throws BodyNotReadError when the pieces come too slowly
 */
async function piecesOf(
  request: IncomingMessage,
  share: BodyShare,
  take: (piece: Buffer) => void,
): Promise<void> {
  if (request.destroyed) throw new Error('the connection was closed');
  let recent = 0;
  let listen: (piece: Buffer) => void = () => undefined;
  let pace: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      share.cut = reject;
      pace = setInterval(() => {
        if (recent < LEAST_BYTES) reject(tooSlow());
        recent = 0;
      }, PACE_MS);
      listen = (piece) => {
        recent += piece.length;
        try {
          take(piece);
        } catch (error) {
          reject(error instanceof Error ? error : new Error('a piece was not taken', { cause: error }));
        }
      };
      const closed = () => {
        // Every request is closed in the end, before its reader goes on. An error with its stack takes 10 µs.
        if (!request.readableEnded) reject(new Error('the connection was closed'));
      };
      request.on('data', listen).once('end', resolve).once('error', reject).once('close', closed);
    });
  } finally {
    clearInterval(pace);
    request.off('data', listen);
  }
}

function tooSlow(): BodyNotReadError {
  const rate = `${LEAST_BYTES} bytes in ${PACE_MS / 1000} s`;
  return new BodyNotReadError('too slow', `The body comes too slowly: less than ${rate}`);
}

/**
 * Decompresses a body. The limits are checked for each piece, because 30 kB of gzip may become 32 MB, and a hundred
 * such bodies at once may exceed the machine's memory.
 *
 * @returns undefined when the bytes do not have this encoding
 */
async function unpack(
  body: Buffer,
  encoding: string,
  limit: number,
  share: BodyShare,
): Promise<Buffer | undefined> {
  const decoder = DECODERS.get(encoding)?.(body);
  if (decoder === undefined) return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of decoder.end(body) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limit) throw tooLarge(limit);
      share.take(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof BodyNotReadError) throw error;
    return undefined;
  }
  return Buffer.concat(pieces);
}

function tooLarge(limit: number): BodyNotReadError {
  return new BodyNotReadError('too large', `The body is larger than ${limit} bytes`);
}
