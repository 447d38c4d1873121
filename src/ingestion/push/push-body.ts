// Reads the body of a push, decompressed and bounded.
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { Refusal } from '../delivery.js';
import { BodyNotReadError, type BodyShare } from './body-budget.js';

/** What came as the body of a push. */
export interface PushBody {
  readonly bytes: Buffer;
  /** Set when the bytes are still encoded, as they came: in an encoding that is not known, or not as their header says. */
  readonly undecodable?: { readonly isUnknown: boolean; readonly refusal: Refusal };
}

type MakeDecoder = (body: Buffer) => Transform;

const DECODERS: ReadonlyMap<string, MakeDecoder> = new Map<string, MakeDecoder>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', (body) => (hasZlibHead(body) ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
]);
/** Of several encodings, each unpacks to as much as the limit allows: more of them only cost time. */
const MOST_ENCODINGS = 3;
/**
 * Of a body that has not come, so many bytes have to come in each so long: 3 kB a second. The vendor gives up after 0.7 s; whoever
 * pushes by a poor line is waited for, and whoever sends a byte a second holds a connection for 5 s.
 */
const LEAST_BYTES = 16_384;
const PACE_MS = 5000;
/** Only such a name is quoted: what else stands in the header may be anything. */
const NAME_OF_ENCODING = /^[a-z-]{1,16}\d{0,3}$/;

/**
 * Reads a body whatever its content type.
 *
 * @param limit bytes, before and after each decompression
 * @param share is told of bytes before they are held; what it throws ends the reading
 * @throws BodyNotReadError
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
  // They are named in the order in which they were applied (RFC 9110).
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

/** @returns why they can't be undone; undefined when they can */
function unknownEncoding(encodings: readonly string[]): string | undefined {
  const unknown = encodings.find((encoding) => !DECODERS.has(encoding));
  if (unknown !== undefined) {
    const way = NAME_OF_ENCODING.test(unknown) ? `as ${unknown}, which` : 'in a way that';
    return `The body is encoded ${way} is not understood; gzip, deflate and br are`;
  }
  return encodings.length > MOST_ENCODINGS
    ? `The body is encoded more than ${MOST_ENCODINGS} times`
    : undefined;
}

/** `deflate` is the format of zlib (RFC 1950), but some senders leave its head and its checksum out. */
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
    // What still comes is read and dropped, so that the client gets to read the answer.
    request.resume();
    if (error instanceof BodyNotReadError) throw error;
    throw new BodyNotReadError('broken off', 'The request broke off before its body was complete', {
      cause: error,
    });
  }
  return Buffer.concat(pieces);
}

/**
 * Resolves at the end of the body.
 *
 * @param take gets each piece; what it throws ends the reading
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
      request.on('data', listen).once('end', resolve).once('error', reject);
      request.once('close', () => {
        reject(new Error('the connection was closed'));
      });
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
 * Piece by piece: 30 kB of gzip may be 32 MB, and a hundred of them at once be more than the machine has.
 *
 * @returns undefined when the bytes are not encoded so
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
