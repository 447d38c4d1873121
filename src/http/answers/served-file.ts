// Files that are the same for everybody. They are compressed once, and sent with a strong ETag.
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';

/** 22 characters of base64url are 132 bits of the hash, so that two contents never have the same tag. */
const TAG_LENGTH = 22;
/** Cache-Control: the client may keep the file, but has to ask each time whether it has changed. */
export const ASK_AGAIN = 'no-cache';

/**
 * A file as it is sent. All answers share its buffers, so that a client that does not read takes no extra memory.
 */
export interface ServedFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  /** The ETag without quotes. Each encoding gets its own ETag from it, as strong ETags must differ. */
  readonly tag: string;
}

/** @param gzipped the same bytes, compressed */
export function servedFile(
  type: string,
  bytes: Buffer,
  gzipped: Buffer,
  cacheControl = ASK_AGAIN,
): ServedFile {
  const tag = createHash('sha256').update(bytes).digest('base64url').slice(0, TAG_LENGTH);
  return { type, cacheControl, bytes, gzipped, tag };
}

/** Answers a GET or HEAD request with the file, or with 304 if the client has it already. */
export function sendFile(file: ServedFile, request: Request, response: Response): void {
  const asGzip = acceptsGzip(request);
  // `fetch` adds `no-cache` to every request with If-None-Match, and Express then never answers 304.
  delete request.headers['cache-control'];
  response.setHeader('ETag', `"${file.tag}${asGzip ? '-gzip' : ''}"`);
  response.setHeader('Cache-Control', file.cacheControl);
  response.setHeader('Vary', 'Accept-Encoding');
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  sendBytes(file.type, file, asGzip, response);
}

/** Sends the plain or the compressed buffer. */
export function sendBytes(
  type: string,
  { bytes, gzipped }: Pick<ServedFile, 'bytes' | 'gzipped'>,
  asGzip: boolean,
  response: Response,
): void {
  const body = asGzip ? gzipped : bytes;
  response.setHeader('Content-Type', type);
  response.setHeader('Vary', 'Accept-Encoding');
  if (asGzip) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

export function acceptsGzip(request: Request): boolean {
  return request.acceptsEncodings('gzip') !== false;
}
