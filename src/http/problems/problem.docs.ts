// Decorators that describe errors in the API's description.
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

export function InvalidRequest(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 400,
    title: 'Bad Request',
    description: 'A parameter is unknown, or its value is not allowed.',
    detail: 'The request has 1 invalid parameter',
    errors: [{ path: 'limit', message: 'must be a whole number from 1 to 1000' }],
  });
}

export function Unauthorized(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 401,
    title: 'Unauthorized',
    description: 'The request has no API key, or the key is wrong, expired or revoked.',
    detail: 'This API key is not known, or not valid any more',
    headers: challengeHeader('Bearer realm="call-ledger"'),
  });
}

export function TooManyRequests(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 429,
    title: 'Too Many Requests',
    description:
      'Too many requests. The key and the keys that it made share these limits: QUERY_RATE_LIMIT requests a second, and a number of exports, waiting requests, new erasures and searches by telephone number. Too many wrong keys from one address within a minute are refused too. Ask again after Retry-After seconds.',
    detail: 'This API key may ask 100 times a second',
    headers: RETRY_AFTER,
  });
}

/** @param detail says what the API key may not do */
export function Forbidden(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({ status: 403, title: 'Forbidden', description: `${detail}.`, detail });
}

/** For operations with an id in their path. */
export function MayBeMissing(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 404,
    title: 'Not Found',
    description: 'There is nothing with this id that your key may see.',
    detail,
  });
}

/** For operations on something that is not kept for ever. */
export function MayBeGone(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 410,
    title: 'Gone',
    description: 'It existed, but is not kept any more.',
    detail,
  });
}

/** For operations that the current state of something may not allow. */
export function MayConflict(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 409,
    title: 'Conflict',
    description: 'The current state does not allow this.',
    detail,
  });
}

/** For files of which a part can be asked for. */
export function RangeMayBeBeyond(headers: HeaderDocs): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 416,
    title: 'Range Not Satisfiable',
    description: 'The file has no such part.',
    detail: 'The file has no such part',
    headers,
  });
}

/** For operations other than GET: {@link jsonBody} reads their bodies, even where none is expected. */
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
      description: 'The encoding or the charset of the body is not supported.',
      detail: 'The encoding or the charset of the body is not supported',
    }),
  );
}

export function DatabaseMayBeAway(): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 503,
    title: 'Service Unavailable',
    description:
      'The database cannot be reached, or the answer takes longer than 30 s. Ask again after Retry-After seconds, or ask for less.',
    detail: 'The database is not available',
    headers: RETRY_AFTER,
  });
}

/** For operations of which only a limited number runs at the same time. */
export function MayBeBusy(detail: string): ClassDecorator & MethodDecorator {
  return problemResponse({
    status: 503,
    title: 'Service Unavailable',
    description: `${detail}, or the database cannot be reached. Ask again after Retry-After seconds.`,
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
