import { HttpException } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { tooManyRequests } from '../http/problems/refusals.js';
import { type AuthenticatedRequest, principalOf } from './principal.js';

const ERASURES_A_MINUTE = 60;
const MINUTE_S = 60;

/**
 * Limits the requests of each key family, a second at a time, in this process. A client that may create keys cannot
 * multiply its rate with them. Made-up keys do not use memory here, because only valid keys are counted.
 *
 * @param limit requests a second; 0 means no limit
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
    keyGenerator: (request: AuthenticatedRequest) => principalOf(request).family,
    handler: (_request, _response, next) => {
      next(new HttpException(`This API key may ask ${limit} times a second`, 429));
    },
  });
}

/**
 * Limits the erasures of each key family, a minute at a time, in this process. An erasure is a search through the whole
 * ledger.
 */
export function erasureRate(): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_S * 1000,
    limit: ERASURES_A_MINUTE,
    standardHeaders: false,
    legacyHeaders: false,
    skip: ({ method }) => method !== 'POST',
    skipFailedRequests: true,
    keyGenerator: (request: AuthenticatedRequest) => principalOf(request).family,
    handler: (_request, _response, next) => {
      const message = `This API key, with the keys that it made, may ask for ${ERASURES_A_MINUTE} erasures a minute`;
      next(tooManyRequests(message, MINUTE_S));
    },
  });
}
