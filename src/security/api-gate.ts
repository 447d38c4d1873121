// Requests to the API in, those whose key is good out, before anything of their body is read.
import { Injectable, UnauthorizedException } from '@nestjs/common';
import type { RequestHandler, Response } from 'express';
import { Settings } from '../config/settings.js';
import { REQUEST_ID } from '../http/answers/api-headers.js';
import { tooManyRequests } from '../http/problems/refusals.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { bearerToken } from './secret.js';
import { FailedLogins } from './failed-logins.js';
import type { AuthenticatedRequest } from './principal.js';
import { queryRate } from './query-rate.js';

/** RFC 6750 wants it of every 401. */
export const CHALLENGE = 'Bearer realm="call-ledger"';
/** Told of a key that is wrong, expired or revoked. */
export const UNKNOWN_KEY = 'This API key is not known, or not valid any more';

/** Where all of the API comes through, routes that do not exist included: whatever is added there is behind it. */
@Injectable()
export class ApiGate {
  constructor(
    private readonly settings: Settings,
    private readonly keys: KnownKeys,
    private readonly failures: FailedLogins,
  ) {}

  /** Who asks is noted on the request; then each key has its rate. */
  handlers(): RequestHandler[] {
    const known: RequestHandler = async (request: AuthenticatedRequest, response, next) => {
      await this.identify(request, response);
      next();
    };
    return [known, queryRate(this.settings.queryRateLimit)];
  }

  /**
   * @throws UnauthorizedException, HttpException 429
   * @throws DatabaseUnavailableError when nobody can say whether the key is good
   */
  private async identify(request: AuthenticatedRequest, response: Response): Promise<void> {
    const key = bearerToken(request.headers.authorization);
    const holder = key === undefined ? undefined : await this.keys.holderOf(key);
    if (holder !== undefined) {
      const requestId = response.get(REQUEST_ID) ?? '';
      request.principal = { ...holder, remoteAddress: request.ip ?? null, requestId };
      return;
    }
    if (key !== undefined) this.refuseIfTooMany(request);
    response.setHeader('WWW-Authenticate', CHALLENGE);
    throw new UnauthorizedException(
      key === undefined ? 'An API key is needed: Authorization: Bearer <key>' : UNKNOWN_KEY,
    );
  }

  private refuseIfTooMany(request: AuthenticatedRequest): void {
    const retryAfter = this.failures.note('API key', request.ip);
    if (retryAfter === undefined) return;
    throw tooManyRequests('Too many wrong API keys came from this address', retryAfter);
  }
}
