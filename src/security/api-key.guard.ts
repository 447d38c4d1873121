import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { REQUEST_ID } from '../http/api-headers.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { bearerToken } from './authorization-header.js';
import type { AskedRequest } from './principal.js';
import type { Scope } from './scopes.js';

/** Metadata of a route or its controller: the scopes of which a key needs one. */
export const NEEDED_SCOPES = 'needed-scopes';

/** Metadata: that a key must not be limited to sources. */
export const WHOLE_LEDGER = 'whole-ledger';

/** Lets requests with a known key through that has a scope for the operation, and notes who asks. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: KnownKeys,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @throws UnauthorizedException, ForbiddenException
   * @throws DatabaseUnavailableError when nobody can say whether the key is good
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<AskedRequest>();
    const key = bearerToken(request.headers.authorization);
    const response = http.getResponse<Response>();
    const holder = key === undefined ? undefined : await this.keys.holderOf(key);
    if (holder === undefined) {
      response.setHeader('WWW-Authenticate', 'Bearer realm="call-ledger"');
      throw new UnauthorizedException(
        key === undefined
          ? 'An API key is needed: Authorization: Bearer <key>'
          : 'This API key is not known, or not valid any more',
      );
    }
    const needed = this.metadata<readonly Scope[]>(NEEDED_SCOPES, context) ?? [];
    if (!needed.some((scope) => holder.scopes.includes(scope))) {
      throw new ForbiddenException(lackOf(needed));
    }
    if (holder.sources !== null && this.metadata(WHOLE_LEDGER, context) === true) {
      throw new ForbiddenException(
        'This API key is limited to sources, and what it asks for is of all of them',
      );
    }
    const requestId = response.get(REQUEST_ID) ?? '';
    request.principal = { ...holder, remoteAddress: request.ip ?? null, requestId };
    return true;
  }

  private metadata<T>(name: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(name, [context.getHandler(), context.getClass()]);
  }
}

/** What is told to a key that has none of the scopes. */
export function lackOf(scopes: readonly Scope[]): string {
  return `This API key lacks the scope ${scopes.join(' or ')}`;
}
