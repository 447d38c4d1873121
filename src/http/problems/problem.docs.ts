// How errors stand in the API's description.
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { challengeHeader, type HeaderDocs, RETRY_AFTER } from '../../openapi/common-answers.js';
import { MOST_BODY_BYTES } from '../connections/json-body.js';
import { Problem } from './problem.dto.js';

const REQUEST = '0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52';

interface Failure {
  readonly status: number;
  readonly title: string;
  readonly description: string;
  readonly detail: string;
  readonly errors?: Problem['errors'];
  readonly headers?: HeaderDocs;
}

/** A parameter is not known, or its value is not allowed. */
export function InvalidRequest(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 400,
    title: 'Bad Request',
    description: 'A parameter is not known, or its value is not allowed.',
    detail: 'The request has 1 invalid parameter',
    errors: [{ path: 'limit', message: 'must be a whole number from 1 to 1000' }],
  });
}

export function Unauthorized(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 401,
    title: 'Unauthorized',
    description: 'No API key, or not a known one: wrong, expired or revoked.',
    detail: 'This API key is not known, or not valid any more',
    headers: challengeHeader('Bearer realm="call-ledger"'),
  });
}

export function TooManyRequests(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 429,
    title: 'Too Many Requests',
    description:
      'More than QUERY_RATE_LIMIT requests within a second with this key and the keys that it made; too many exports, waiting requests, new erasures or searches by telephone number of these; or one of too many wrong keys from this address within a minute. Ask again after Retry-After seconds.',
    detail: 'This API key may ask 100 times a second',
    headers: RETRY_AFTER,
  });
}

/** @param detail names what the API key lacks */
export function Forbidden(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({ status: 403, title: 'Forbidden', description: `${detail}.`, detail });
}

/** For operations that name one thing in their path. */
export function MayBeMissing(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({ status: 404, title: 'Not Found', description: 'There is none.', detail });
}

/** For operations on what is not kept for ever. */
export function MayBeGone(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({ status: 410, title: 'Gone', description: 'It was there once.', detail });
}

/** For operations that a thing's state may forbid. */
export function MayConflict(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({ status: 409, title: 'Conflict', description: 'Its state forbids it.', detail });
}

/** For operations other than GET: {@link jsonBody} reads what they bring, wanted or not. */
export function BodyMayBeRefused(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    problemResponse({
      status: 413,
      title: 'Payload Too Large',
      description: 'The body is too large.',
      detail: `The body is larger than ${MOST_BODY_BYTES} bytes`,
    }),
    problemResponse({
      status: 415,
      title: 'Unsupported Media Type',
      description: 'The body is encoded in a way that is not understood.',
      detail: 'The body is encoded in a way that is not understood',
    }),
  );
}

export function DatabaseMayBeAway(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 503,
    title: 'Service Unavailable',
    description:
      'The database can not be reached, or the answer takes longer than 30 s. Ask again after Retry-After seconds, or for less.',
    detail: 'The database is not available',
    headers: RETRY_AFTER,
  });
}

/** For operations of which only so many are under way at once. */
export function MayBeBusy(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 503,
    title: 'Service Unavailable',
    description: `${detail}, or the database can not be reached. Ask again after Retry-After seconds.`,
    detail,
    headers: RETRY_AFTER,
  });
}

function problemResponse({ status, title, description, detail, errors = [], headers }: Failure) {
  return applyDecorators(
    ApiExtraModels(Problem),
    ApiResponse({
      status,
      description,
      ...(headers && { headers }),
      content: {
        'application/problem+json': {
          schema: { $ref: getSchemaPath(Problem) },
          example: { type: 'about:blank', title, status, detail, requestId: REQUEST, errors },
        },
      },
    }),
  );
}
