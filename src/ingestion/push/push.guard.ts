import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AllowedNetworks } from '../../security/allowed-networks.js';
import { basicPassword, bearerToken } from '../../security/secret.js';
import { FailedLogins } from '../../security/failed-logins.js';
import { PushTokens } from '../../security/push-tokens.js';
import type { KeptIn } from '../keeper.js';
import { PushError } from './push-error.filter.js';

/** RFC 9110 wants the ways in named, though the vendor looks at the status alone. */
export const CHALLENGES = 'Bearer realm="call-ledger", Basic realm="call-ledger"';

/** A request whose token was found good. */
export interface PushRequest extends Request {
  pushSource?: string;
  /** Set once it is kept. */
  keptIn?: KeptIn;
}

/** Lets pushes with a known token from an allowed address through, before anything of their body is read. */
@Injectable()
export class PushGuard implements CanActivate {
  constructor(
    private readonly tokens: PushTokens,
    private readonly networks: AllowedNetworks,
    private readonly failures: FailedLogins,
  ) {}

  /** @throws PushError 403 for the address, 401 for the token, 429 for one of too many wrong ones; never for a good one */
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

/** The token that a request carries in its header, whether it is known or not. */
export function authorizationToken(authorization: string | undefined): string | undefined {
  return bearerToken(authorization) ?? basicPassword(authorization);
}

/** Notes a push without a known token. @throws PushError 429 when too many came from its address */
export function refuseIfTooMany(failures: FailedLogins, { ip }: PushRequest): void {
  const retryAfter = failures.note('push token', ip);
  if (retryAfter === undefined) return;
  throw new PushError(429, 'Too many wrong push tokens came from this address', retryAfter);
}
