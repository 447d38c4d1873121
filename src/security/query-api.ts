// What all questions have in common: who may ask, and what can go wrong.
import { applyDecorators, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ExactJsonInterceptor } from '../http/exact-json.interceptor.js';
import { DatabaseMayBeAway, InvalidRequest, Unauthorized } from '../http/problem.docs.js';
import { ApiKeyGuard } from './api-key.guard.js';

/** For controllers: guarded by an API key, with the errors that every query can have. */
export function QueryApi(): ClassDecorator {
  return applyDecorators(
    UseGuards(ApiKeyGuard),
    UseInterceptors(ExactJsonInterceptor),
    ApiBearerAuth('apiKey'),
    InvalidRequest(),
    Unauthorized(),
    DatabaseMayBeAway(),
  );
}

/** For operations whose answer is a page of a list. */
export const NEXT_PAGE_LINK = {
  Link: {
    description: 'The next page (RFC 8288); absent on the last one.',
    schema: { type: 'string' as const, example: '</v1/calls?cursor=WyIyMDI1Il0>; rel="next"' },
  },
};
