// What every answer carries, whatever the question.
import compression from 'compression';
import type { RequestHandler } from 'express';
import { randomUUID } from 'node:crypto';
import { holdsNumber } from '../../numbers/find-numbers.js';
import { InvalidParametersException } from '../problems/refusals.js';

export const REQUEST_ID = 'X-Request-Id';
/** Of answers to pushes. */
export const DELIVERY_ID = 'X-Delivery-Id';
const EXPORTS = '/v1/exports';
const ACCEPTABLE_ID = /^[\w.:-]{1,100}$/;

/** Gives a request its id, the client's own if it sent a harmless one, and sends it back: both logs can name it. */
export function requestIds(): RequestHandler {
  return (request, response, next) => {
    const given = request.get(REQUEST_ID);
    response.setHeader(REQUEST_ID, given !== undefined && isHarmless(given) ? given : randomUUID());
    next();
  };
}

/** The audit keeps it for ever, where no erasure reaches it: so it must not hold a telephone number. */
function isHarmless(id: string): boolean {
  return ACCEPTABLE_ID.test(id) && !holdsNumber(id);
}

/** HTTP/1.1 demands the header of every request (RFC 9112, 3.2). */
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

/** Calls are nobody's to keep on the way: answers hold numbers. A client may still ask by ETag whether they changed. */
export function notStored(): RequestHandler {
  return (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    // `fetch` adds `no-cache` to every request with If-None-Match, and Express then never answers 304. That word is for
    // caches on the way (RFC 9111, 5.2.1.4); here is the origin.
    delete request.headers['cache-control'];
    next();
  };
}

/** Compresses answers of a kilobyte and more by what the client takes: br, gzip, deflate. Exports do so themselves. */
export function compressed(): RequestHandler {
  return compression({
    filter: (request, response) =>
      !request.originalUrl.startsWith(EXPORTS) && compression.filter(request, response),
  });
}
