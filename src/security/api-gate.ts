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

/** The value of `WWW-Authenticate`, which RFC 6750 requires in every answer 401. */
export const CHALLENGE = 'Bearer realm="call-ledger"';
/** The message for a key that is wrong, expired or revoked. */
export const UNKNOWN_KEY = 'This API key is not known, or not valid any more';

/**
 * Checks the API key of every request to the API before its body is read. It also covers routes that do not exist, so
 * every new route is behind it.
 */
@Injectable()
export class ApiGate {
  constructor(
    private readonly settings: Settings,
    private readonly keys: KnownKeys,
    private readonly failures: FailedLogins,
  ) {}

  /**
   * The handlers of the gate. The first one sets the principal of the request. The second one limits the rate of the
   * key.
   */
  handlers(): RequestHandler[] {
    const known: RequestHandler = async (request: AuthenticatedRequest, response, next) => {
      await this.identify(request, response);
      next();
    };
    return [known, queryRate(this.settings.queryRateLimit)];
  }

  /**
   * Sets the principal of the request.
   *
   * @throws UnauthorizedException if the key is missing, wrong, expired or revoked
   * @throws RefusalWithHeaders 429 after too many wrong keys from the address
   * @throws DatabaseUnavailableError if the key cannot be checked
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
      key === undefined
        ? 'An API key is needed. Send it in the header "Authorization: Bearer <key>".'
        : UNKNOWN_KEY,
    );
  }

  private refuseIfTooMany(request: AuthenticatedRequest): void {
    const retryAfter = this.failures.note('API key', request.ip);
    if (retryAfter === undefined) return;
    throw tooManyRequests('Too many wrong API keys came from this address', retryAfter);
  }
}
