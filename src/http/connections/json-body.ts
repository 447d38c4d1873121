// Reads the JSON bodies of the API. (`src/ingestion` reads the bodies of pushes, as bytes.)
import { HttpException } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { json } from 'express';
import type { IncomingMessage } from 'node:http';
import { InvalidParametersException } from '../problems/refusals.js';

/** Enough for a thousand ids, twice over. */
export const MOST_BODY_BYTES = 128 * 1024;

/**
 * Bodies of the API have two levels. A body with thousands of levels would overflow the stack of the code that
 * checks it.
 */
const MOST_LEVELS = 16;

/**
 * Reads a request's body as JSON, whatever its content type, because `curl --data` sends another one. The body of a
 * GET request has no meaning (RFC 9110) and is not read.
 *
 * Passes InvalidParametersException, or HttpException with status 413 or 415, to `next`.
 */
export function jsonBody(): RequestHandler {
  const empty = new WeakSet<IncomingMessage>();
  const verify = (request: IncomingMessage, _response: unknown, body: Buffer) => {
    if (body.length === 0) empty.add(request);
  };
  const parse = json({ limit: MOST_BODY_BYTES, type: () => true, verify });
  return (request, response, next) => {
    if (['GET', 'HEAD'].includes(request.method)) {
      next();
      return;
    }
    parse(request, response, (error?: unknown) => {
      // The parser turns an empty body into an empty object. But a request that needs a body must have one.
      if (empty.has(request)) request.body = undefined;
      if (error !== undefined) next(problemOf(error));
      else if (isDeep(request.body)) next(invalid(`the body has more than ${MOST_LEVELS} levels`));
      else next();
    });
  };
}

/** Replaces the parser's own messages, because they quote the body. */
function problemOf(error: unknown): unknown {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (status === 413) return new HttpException(`The body is larger than ${MOST_BODY_BYTES} bytes`, 413);
  if (status === 415)
    return new HttpException('The encoding or the charset of the body is not supported', 415);
  return status === 400 ? invalid('the body is not JSON') : error;
}

function invalid(message: string): InvalidParametersException {
  return new InvalidParametersException([{ path: '', message }]);
}

function isDeep(body: unknown): boolean {
  let level = [body];
  for (let depth = 0; depth <= MOST_LEVELS; depth += 1) {
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
