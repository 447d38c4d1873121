import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AllowedNetworks } from '../../security/allowed-networks.js';
import { basicPassword, bearerToken } from '../../security/secret.js';
import { FailedLogins } from '../../security/failed-logins.js';
import { PushTokens } from '../../security/push-tokens.js';
import type { KeptIn } from '../keeper.js';
import { PushError } from './push-error.filter.js';

/** RFC 9110 requires a 401 to list the authentication schemes, although the vendor only looks at the status. */
export const CHALLENGES = 'Bearer realm="call-ledger", Basic realm="call-ledger"';

/** A request to push. `pushSource` is set once its token was found valid. */
export interface PushRequest extends Request {
  pushSource?: string;
  /** Set once the push is kept. */
  keptIn?: KeptIn;
}

/** Accepts only pushes with a known token from an allowed address. Bodies of other requests are not read. */
@Injectable()
export class PushGuard implements CanActivate {
  constructor(
    private readonly tokens: PushTokens,
    private readonly networks: AllowedNetworks,
    private readonly failures: FailedLogins,
  ) {}

  /**
   * @throws PushError 403 when the address may not push; 401 when the token is missing or not known; 429 after too many
   *   wrong tokens. A request with a known token never gets 429.
   */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<PushRequest>();
    if (!this.networks.allow(request.ip)) throw new PushError(403, 'This address may not push');
    const inPath = request.params['token'];
    const token = typeof inPath === 'string' ? inPath : authorizationToken(request.headers.authorization);
    const source = token === undefined ? undefined : this.tokens.sourceOf(token);
    if (source === undefined) {
      if (token !== undefined) refuseIfTooMany(this.failures, request);
      http.getResponse<Response>().setHeader('WWW-Authenticate', CHALLENGES);
      throw new PushError(
        401,
        token === undefined ? 'A push token is needed' : 'This push token is not known',
      );
    }
    request.pushSource = source;
    return true;
  }
}

/** The token in a request's Authorization header, whether it is known or not. */
export function authorizationToken(authorization: string | undefined): string | undefined {
  return bearerToken(authorization) ?? basicPassword(authorization);
}

/**
 * Counts a push without a known token.
 *
 * @throws PushError 429 when too many came from its address
 */
export function refuseIfTooMany(failures: FailedLogins, { ip }: PushRequest): void {
  const retryAfter = failures.note('push token', ip);
  if (retryAfter === undefined) return;
  throw new PushError(429, 'Too many wrong push tokens came from this address', retryAfter);
}
