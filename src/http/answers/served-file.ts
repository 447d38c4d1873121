// Bytes that are the same for everybody: compressed once, and sent with a strong ETag.
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';

/** 128 bits: two contents never have the same one. */
const TAG_LENGTH = 22;
/** The client may keep the file, and has to ask whether it is still the same. */
export const ASK_AGAIN = 'no-cache';

/** A file as it is sent. Its buffers are shared by all answers, so that a client that does not read holds no memory of its own. */
export interface ServedFile {
  readonly type: string;
  readonly cacheControl: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  /** Without quotes. Each encoding has an ETag of its own, as a strong one must. */
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

/** Answers a GET or HEAD with the file, or with 304 when the client has it. */
export function sendFile(file: ServedFile, request: Request, response: Response): void {
  const asGzip = acceptsGzip(request);
  // `fetch` adds it to every request with If-None-Match, and Express then never answers 304.
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

/** Answers with one of two buffers. */
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
