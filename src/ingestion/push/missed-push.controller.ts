// Pushes to a wrong path: the vendor's console holds a wrong URL, and the operator has to see it before the records are lost.
import { Controller, Post, Req, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import { FailedLogins } from '../../security/failed-logins.js';
import { AllowedNetworks } from '../../security/allowed-networks.js';
import { PushTokens } from '../../security/push-tokens.js';
import { PushError, PushErrorFilter } from './push-error.filter.js';
import { authorizationToken, type PushRequest, refuseIfTooMany } from './push.guard.js';

/** A token has at least 16 characters: so short an end of a path holds none, and may be told. */
const TELLING_END = /^call[-_a-z]{0,11}$/i;
const MOST_SEGMENTS = 8;
const BELOW_PUSH = /^\/+push(?:\/|$)/i;

/** Refuses whatever is posted below `/push` and to none of the paths there. It must stand behind their controller. */
@Controller()
@UseFilters(PushErrorFilter)
@ApiExcludeController()
export class MissedPushController {
  constructor(
    private readonly tokens: PushTokens,
    private readonly networks: AllowedNetworks,
    private readonly failures: FailedLogins,
  ) {}

  /** @throws PushError 404 that says where pushes are taken; 403 for the address; 429 for one of too many without a known token */
  @Post('push{/*path}')
  refuse(@Req() request: PushRequest): never {
    if (!this.networks.allow(request.ip)) throw new PushError(403, 'This address may not push');
    const segments = request.path.split('/').slice(1, 1 + MOST_SEGMENTS);
    const source = this.sourceOf(segments, request.headers.authorization);
    if (source === undefined) refuseIfTooMany(this.failures, request);
    else request.pushSource = source;
    const end = segments.at(-1) ?? '';
    const path = TELLING_END.test(end) ? `this path, which ends with /${end}` : 'this path';
    throw new PushError(404, `Nothing is taken at ${path}; push to /push/{token}/call-reports`);
  }

  /** Wherever in the path a known token stands. */
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

/** Middleware that takes repeated slashes in the path of a push for one: a URL put together carelessly must not cost records. */
export function singleSlashes(request: Request, _response: Response, next: NextFunction): void {
  const query = request.url.indexOf('?');
  const path = query < 0 ? request.url : request.url.slice(0, query);
  if (path.includes('//') && BELOW_PUSH.test(path))
    request.url = path.replaceAll(/\/{2,}/g, '/') + request.url.slice(path.length);
  next();
}
