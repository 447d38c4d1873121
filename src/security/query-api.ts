// What all questions have in common: who may ask, and what can go wrong.
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
 * For controllers: guarded by an API key, with the errors that every query can have.
 *
 * @param scopes of which a key needs one
 */
export function QueryApi(...scopes: readonly [Scope, ...Scope[]]): ClassDecorator {
  return applyDecorators(
    SetMetadata(NEEDED_SCOPES, scopes),
    UseGuards(ApiKeyGuard),
    // The answer passes the last one first: ETags are made of what is answered.
    UseInterceptors(ExactJsonInterceptor, NumbersInterceptor),
    ApiBearerAuth('apiKey'),
    // OpenAPI 3.1 lets roles stand in a security requirement, but its linters know those of OAuth 2 only.
    ApiExtension(SCOPES_EXTENSION, scopes),
    InvalidRequest(),
    Unauthorized(),
    Forbidden(lackOf(scopes)),
    TooManyRequests(),
    DatabaseMayBeAway(),
  );
}

/** For what is of no source: only keys that are not limited to sources may ask for it. */
export function WholeLedger(): ClassDecorator {
  return SetMetadata(WHOLE_LEDGER, true);
}

/** For operations whose answer is a page of a list. */
export const NEXT_PAGE_LINK = {
  Link: {
    description: 'The next page (RFC 8288); absent on the last one.',
    schema: { type: 'string' as const, example: '</v1/calls?cursor=WyIyMDI1Il0>; rel="next"' },
  },
};
