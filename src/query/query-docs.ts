// What the descriptions of all queries have in common.
import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ExactJsonInterceptor } from '../http/exact-json.interceptor.js';
import { Problem } from '../http/problem.dto.js';
import { ApiKeyGuard } from '../security/api-key.guard.js';

interface Failure {
  readonly status: number;
  readonly title: string;
  readonly description: string;
  readonly detail: string;
  readonly errors?: Problem['errors'];
}

const INVALID: Failure = {
  status: 400,
  title: 'Bad Request',
  description: 'A parameter is not known, or its value is not allowed.',
  detail: 'The request has 1 invalid parameter',
  errors: [{ path: 'limit', message: 'must be a whole number from 1 to 1000' }],
};
const UNAUTHORIZED: Failure = {
  status: 401,
  title: 'Unauthorized',
  description: 'No API key, or not a known one.',
  detail: 'This API key is not known',
};
const NOT_FOUND: Failure = {
  status: 404,
  title: 'Not Found',
  description: 'There is none.',
  detail: 'There is no such thing',
};
const UNAVAILABLE: Failure = {
  status: 503,
  title: 'Service Unavailable',
  description: 'The database can not be reached. Ask again after Retry-After seconds.',
  detail: 'The database is not available',
};

function problemResponse({ status, title, description, detail, errors = [] }: Failure) {
  return ApiResponse({
    status,
    description,
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(Problem) },
        example: { type: 'about:blank', title, status, detail, errors },
      },
    },
  });
}

/** For controllers: guarded by an API key, with the errors that every query can have. */
export function QueryApi(): ClassDecorator {
  return applyDecorators(
    UseGuards(ApiKeyGuard),
    UseInterceptors(ExactJsonInterceptor),
    ApiBearerAuth('apiKey'),
    ApiExtraModels(Problem),
    problemResponse(INVALID),
    problemResponse(UNAUTHORIZED),
    problemResponse(UNAVAILABLE),
  );
}

/** For operations that name one thing in their path. */
export function MayBeMissing(detail: string): MethodDecorator {
  return problemResponse({ ...NOT_FOUND, detail });
}

/** For operations whose answer is a page of a list. */
export const NEXT_PAGE_LINK = {
  Link: {
    description: 'The next page (RFC 8288); absent on the last one.',
    schema: { type: 'string' as const, example: '</v1/calls?cursor=WyIyMDI1Il0>; rel="next"' },
  },
};
