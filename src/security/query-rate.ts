// Requests with a good key in, those beyond the rate of their key out.
import { HttpException } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { type AskedRequest, principalOf } from './principal.js';

/**
 * Counts by key, a second at a time, in this process. Whoever makes up keys adds nothing to what is remembered: only keys
 * that were found good come here.
 *
 * @param limit requests a second; 0: none
 */
export function queryRate(limit: number): RequestHandler {
  if (limit === 0) {
    return (_request, _response, next) => {
      next();
    };
  }
  return rateLimit({
    windowMs: 1000,
    limit,
    identifier: 'requests',
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request: AskedRequest) => principalOf(request).keyId,
    handler: (_request, _response, next) => {
      next(new HttpException(`This API key may ask ${limit} times a second`, 429));
    },
  });
}
