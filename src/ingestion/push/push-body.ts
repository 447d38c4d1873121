// The stream of a push in, the bytes of its body out, decompressed and bounded.
import getRawBody from 'raw-body';
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { UnreadableBodyError } from '../reading/body-reader.js';
import { PushError } from './push-error.js';

/** The body as it came, when it could not be decompressed. */
export class UnreadableEncodingError extends UnreadableBodyError {
  /** @param status of the answer: 415 for an encoding that is not known, 400 for bytes that are not encoded as they should be */
  constructor(
    readonly status: 400 | 415,
    readonly body: Buffer,
    reason: string,
  ) {
    super(reason, status === 415 ? '' : 'byte 0');
  }
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
/** Only such a name is quoted: what else stands in the header may be anything. */
const NAME_OF_ENCODING = /^[a-z-]{1,16}\d{0,3}$/;

/**
 * Reads a body whatever its content type.
 *
 * @param limit bytes, before and after each decompression
 * @param take is told of bytes before they are held beside those that came; what it throws ends the reading
 * @throws PushError 413 over the limit, 400 when the client broke off
 * @throws UnreadableEncodingError for an encoding that is not known, and for bytes that can't be unpacked
 */
export async function readPushBody(
  request: IncomingMessage,
  limit: number,
  take: (bytes: number) => void,
): Promise<Buffer> {
  const encodings = encodingsOf(request);
  const body = await readBytes(request, limit);
  const unknown = encodings.find((encoding) => !DECODERS.has(encoding));
  if (unknown !== undefined) throw new UnreadableEncodingError(415, body, reasonOf(unknown));
  if (encodings.length > MOST_ENCODINGS)
    throw new UnreadableEncodingError(415, body, `The body is encoded more than ${MOST_ENCODINGS} times`);
  let unpacked = body;
  // They are named in the order in which they were applied (RFC 9110).
  for (const encoding of encodings.reverse()) {
    const pieces = await unpack(unpacked, encoding, limit, take);
    if (pieces === undefined)
      throw new UnreadableEncodingError(400, body, `The body is not ${encoding}, though its header says so`);
    unpacked = pieces;
  }
  return unpacked;
}

function encodingsOf({ headers }: IncomingMessage): string[] {
  return (headers['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
}

function reasonOf(encoding: string): string {
  const way = NAME_OF_ENCODING.test(encoding) ? `as ${encoding}, which` : 'in a way that';
  return `The body is encoded ${way} is not understood; gzip, deflate and br are`;
}

/** `deflate` is the format of zlib (RFC 1950), but some senders leave its head and its checksum out. */
function hasZlibHead(body: Buffer): boolean {
  return body.length >= 2 && (body.readUInt8(0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
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

/**
 * Piece by piece: 30 kB of gzip may be 32 MB, and a hundred of them at once be more than the machine has.
 *
 * @returns undefined when the bytes are not encoded so
 */
async function unpack(
  body: Buffer,
  encoding: string,
  limit: number,
  take: (bytes: number) => void,
): Promise<Buffer | undefined> {
  const decoder = DECODERS.get(encoding)?.(body);
  if (decoder === undefined) return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of decoder.end(body) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > limit) throw tooLarge(limit);
      take(piece.length);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof PushError) throw error;
    return undefined;
  }
  return Buffer.concat(pieces);
}

function tooLarge(limit: number): PushError {
  return new PushError(413, `The body is larger than ${limit} bytes`);
}
