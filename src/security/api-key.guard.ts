import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Settings } from '../config/settings.js';
import { bearerToken } from './authorization-header.js';
import { Secret } from './secret.js';

/** Lets requests with `Authorization: Bearer <ADMIN_API_KEY>` through. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly adminKey: Secret;

  constructor(settings: Settings) {
    this.adminKey = new Secret(settings.adminApiKey);
  }

  /** @throws UnauthorizedException */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const key = bearerToken(http.getRequest<Request>().headers.authorization);
    if (key !== undefined && this.adminKey.equals(key)) return true;
    http.getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer realm="call-ledger"');
    throw new UnauthorizedException(
      key === undefined ? 'An API key is needed: Authorization: Bearer <key>' : 'This API key is not known',
    );
  }
}
