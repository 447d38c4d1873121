import { applyDecorators, SetMetadata, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import { ExactJsonInterceptor } from '../http/answers/exact-json.interceptor.js';
import {
  DatabaseMayBeAway,
  Forbidden,
  InvalidRequest,
  TooManyRequests,
  Unauthorized,
} from '../http/problems/problem.docs.js';
import { SCOPES_EXTENSION } from '../openapi/common-answers.js';
import { ApiKeyGuard, lackOf, NEEDED_SCOPES, WHOLE_LEDGER } from './api-key.guard.js';
import { NumbersInterceptor } from './masking/numbers.interceptor.js';
import type { Scope } from './principal.js';

/**
 * Decorates a controller of the API. It needs an API key, masks phone numbers, and documents the errors that every
 * query can have.
 *
 * @param scopes a key needs one of them
 */
export function QueryApi(...scopes: readonly [Scope, ...Scope[]]): ClassDecorator {
  return applyDecorators(
    SetMetadata(NEEDED_SCOPES, scopes),
    UseGuards(ApiKeyGuard),
    // The answer passes the last interceptor first. So ETags are made of the masked answer.
    UseInterceptors(ExactJsonInterceptor, NumbersInterceptor),
    ApiBearerAuth('apiKey'),
    // OpenAPI 3.1 allows roles in a security requirement, but its linters accept them only for OAuth 2.
    ApiExtension(SCOPES_EXTENSION, scopes),
    InvalidRequest(),
    Unauthorized(),
    Forbidden(lackOf(scopes)),
    TooManyRequests(),
    DatabaseMayBeAway(),
  );
}

/** Decorates a controller whose rows have no source. Keys that are limited to sources are refused. */
export function WholeLedger(): ClassDecorator {
  return SetMetadata(WHOLE_LEDGER, true);
}

/** The headers of operations whose answer is a page of a list. */
export const NEXT_PAGE_LINK = {
  Link: {
    description: 'Link to the next page (RFC 8288). The last page has no such header.',
    schema: { type: 'string' as const, example: '</v1/calls?cursor=WyIyMDI1Il0>; rel="next"' },
  },
};
