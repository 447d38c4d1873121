import { ForbiddenException, Injectable, UnauthorizedException } from '@nestjs/common';
import type { RequestHandler, Response } from 'express';
import { Settings } from '../config/settings.js';
import { REQUEST_ID } from '../http/answers/api-headers.js';
import { tooManyRequests } from '../http/problems/refusals.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { bearerToken } from './secret.js';
import { FailedLogins } from './failed-logins.js';
import type { AuthenticatedRequest, KeyHolder } from './principal.js';
import { KnownSessions } from './sessions/known-sessions.js';
import { cookieName, cookieOf, isCsrfToken, parseTicket } from './sessions/session-cookie.js';
import { queryRate } from './query-rate.js';

/** The value of `WWW-Authenticate`, which RFC 6750 requires in every answer 401. */
export const CHALLENGE = 'Bearer realm="call-ledger"';
/** The message for a key that is wrong, expired or revoked. */
export const UNKNOWN_KEY = 'This API key is not known, or not valid any more';

/** The header by which a page proves that it is the console's, and not one of another site. */
export const CSRF_HEADER = 'X-CSRF-Token';
const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Checks the API key, or the session of a person, of every request to the API before its body is read. It also covers routes that do not exist, so
 * every new route is behind it.
 */
@Injectable()
export class ApiGate {
  constructor(
    private readonly settings: Settings,
    private readonly keys: KnownKeys,
    private readonly failures: FailedLogins,
    private readonly sessions: KnownSessions,
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
    const holder = key === undefined ? await this.personOf(request) : await this.keys.holderOf(key);
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

  /**
   * The person whose session the request's cookie is of. A request that names a key, or tries to, is none of a session.
   *
   * @returns undefined if it has no cookie of an open session
   * @throws ForbiddenException if it writes without the session's token
   */
  private async personOf(request: AuthenticatedRequest): Promise<KeyHolder | undefined> {
    const { signIn } = this.settings;
    if (signIn === undefined || request.headers.authorization !== undefined) return undefined;
    const ticket = parseTicket(cookieOf(request, cookieName('session', signIn)) ?? '');
    const person = ticket === undefined ? undefined : await this.sessions.holderOf(ticket);
    if (ticket === undefined || person === undefined) return undefined;
    if (READING.includes(request.method) || isCsrfToken(request.get(CSRF_HEADER), ticket)) return person;
    throw new ForbiddenException(
      `The request changes something and comes with a session, so it needs the header ${CSRF_HEADER}. GET /auth/session has its value.`,
    );
  }

  private refuseIfTooMany(request: AuthenticatedRequest): void {
    const retryAfter = this.failures.note('API key', request.ip);
    if (retryAfter === undefined) return;
    throw tooManyRequests('Too many wrong API keys came from this address', retryAfter);
  }
}
