// Middleware for the headers that all answers have.
import compression from 'compression';
import type { RequestHandler } from 'express';
import { randomUUID } from 'node:crypto';
import { holdsNumber } from '../../numbers/find-numbers.js';
import { InvalidParametersException } from '../problems/refusals.js';

export const REQUEST_ID = 'X-Request-Id';
/** Answers to pushes have it. */
export const DELIVERY_ID = 'X-Delivery-Id';
const EXPORTS = '/v1/exports';
const ACCEPTABLE_ID = /^[\w.:-]{1,100}$/;

/**
 * Gives each request an id, or takes the client's if it is harmless, and sends it back. So the logs of both sides
 * can name it.
 */
export function requestIds(): RequestHandler {
  return (request, response, next) => {
    const given = request.get(REQUEST_ID);
    response.setHeader(REQUEST_ID, given !== undefined && isHarmless(given) ? given : randomUUID());
    next();
  };
}

/**
 * The audit keeps the id for ever, and erasures do not reach it there. So it must not contain a telephone number.
 */
function isHarmless(id: string): boolean {
  return ACCEPTABLE_ID.test(id) && !holdsNumber(id);
}

/** Refuses HTTP/1.1 requests without a Host header, as RFC 9112, 3.2 demands. */
export function hostNeeded(): RequestHandler {
  return (request, response, next) => {
    if (request.headers.host !== undefined || request.httpVersion !== '1.1') {
      next();
      return;
    }
    response.setHeader('Connection', 'close');
    next(new InvalidParametersException([{ path: 'Host', message: 'is missing in the headers' }]));
  };
}

/**
 * Forbids caches to store answers, because they contain numbers. A client may still ask by ETag whether an answer
 * has changed.
 */
export function notStored(): RequestHandler {
  return (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    // `fetch` adds `no-cache` to every request with If-None-Match, and Express then never answers 304. The
    // directive is for caches (RFC 9111, 5.2.1.4), and this is the origin.
    delete request.headers['cache-control'];
    next();
  };
}

/**
 * Compresses answers of a kilobyte and more with an encoding that the client accepts: br, gzip or deflate. Exports
 * are left out, because they compress themselves.
 */
export function compressed(): RequestHandler {
  return compression({
    filter: (request, response) =>
      !request.originalUrl.startsWith(EXPORTS) && compression.filter(request, response),
  });
}
