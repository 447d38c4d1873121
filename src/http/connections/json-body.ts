// The JSON bodies of the API. (Pushes are read as bytes, by the module that takes them.)
import { HttpException } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { json } from 'express';
import type { IncomingMessage } from 'node:http';
import { InvalidParametersException } from '../problems/refusals.js';

/** A thousand ids and as much again. */
export const MOST_BODY_BYTES = 128 * 1024;

/** Bodies of the API have two levels. What is thousands deep would overflow the stack of those who check it. */
const MOST_LEVELS = 16;

/**
 * Reads a request's body as JSON, whatever its content type: `curl --data` names another one. A body of GET means nothing
 * (RFC 9110) and is not read.
 *
 * Fails with InvalidParametersException, or an HttpException 413 or 415.
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
      // The parser makes an empty object of it. A request that needs a body must not do without.
      if (empty.has(request)) request.body = undefined;
      if (error !== undefined) next(problemOf(error));
      else if (isDeep(request.body)) next(invalid(`the body has more than ${MOST_LEVELS} levels`));
      else next();
    });
  };
}

/** The parser's own messages quote what came. */
function problemOf(error: unknown): unknown {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  if (status === 413) return new HttpException(`The body is larger than ${MOST_BODY_BYTES} bytes`, 413);
  if (status === 415) return new HttpException('The body is encoded in a way that is not understood', 415);
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
