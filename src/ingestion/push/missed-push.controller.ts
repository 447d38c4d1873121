import { Controller, Post, Req, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { FailedLogins } from '../../security/failed-logins.js';
import { AllowedNetworks } from '../../security/allowed-networks.js';
import { PushTokens } from '../../security/push-tokens.js';
import { PushError, PushErrorFilter } from './push-error.filter.js';
import { authorizationToken, type PushRequest, refuseIfTooMany } from './push.guard.js';

/**
 * The end of a path that may be repeated in messages. It is too short to contain a token, which has at least 16
 * characters.
 */
const TELLING_END = /^call[-_a-z]{0,11}$/i;
const MOST_SEGMENTS = 8;
const BELOW_PUSH = /^\/+push(?:\/|$)/i;

/**
 * Refuses pushes to a wrong path below `/push`. A wrong URL in the vendor's console must be noticed before records are
 * lost. This controller must be registered after the one with the right paths.
 */
@Controller()
@UseFilters(PushErrorFilter)
@ApiExcludeController()
export class MissedPushController {
  constructor(
    private readonly tokens: PushTokens,
    private readonly networks: AllowedNetworks,
    private readonly failures: FailedLogins,
  ) {}

  /**
   * @throws PushError 404 with the right path; 403 when the address may not push; 429 after too many requests without a
   *   known token
   */
  @Post('push{/*path}')
  refuse(@Req() request: PushRequest): never {
    if (!this.networks.allow(request.ip)) throw new PushError(403, 'This address may not push');
    const segments = request.path.split('/').slice(1, 1 + MOST_SEGMENTS);
    const source = this.sourceOf(segments, request.headers.authorization);
    if (source === undefined) refuseIfTooMany(this.failures, request);
    else request.pushSource = source;
    const end = segments.at(-1) ?? '';
    const path = TELLING_END.test(end) ? `this path, which ends with /${end}` : 'this path';
    throw new PushError(
      404,
      `Pushes are not accepted at ${path}; push to /push/{token}/call-reports, call-notes or call-recordings`,
    );
  }

  /** The source of a known token, anywhere in the path or in the header. */
  private sourceOf(segments: readonly string[], authorization: string | undefined): string | undefined {
    const candidates = [authorizationToken(authorization), ...segments.map(decoded)];
    return candidates
      .map((token) => (token === undefined ? undefined : this.tokens.sourceOf(token)))
      .find((source) => source !== undefined);
  }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/**
 * Middleware that replaces repeated slashes in the path of a push by one, so that a carelessly written URL does not
 * cost records.
 */
export function singleSlashes(request: Request, _response: Response, next: NextFunction): void {
  const query = request.url.indexOf('?');
  const path = query < 0 ? request.url : request.url.slice(0, query);
  if (path.includes('//') && BELOW_PUSH.test(path))
    request.url = path.replaceAll(/\/{2,}/g, '/') + request.url.slice(path.length);
  next();
}
