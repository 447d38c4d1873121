import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AuthenticatedRequest, principalOf, type Scope } from './principal.js';

/** Metadata of a route or its controller: the scopes. A key needs one of them. */
export const NEEDED_SCOPES = 'needed-scopes';

/** Metadata: the operation refuses keys that are limited to sources. */
export const WHOLE_LEDGER = 'whole-ledger';

/** Refuses requests whose key has no scope for the operation. ApiGate has already set the principal. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws ForbiddenException if the key lacks the scopes, or is limited to sources and the operation is not */
  canActivate(context: ExecutionContext): boolean {
    const principal = principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>());
    const needed = this.metadata<readonly Scope[]>(NEEDED_SCOPES, context) ?? [];
    if (!needed.some((scope) => principal.scopes.includes(scope))) {
      throw new ForbiddenException(lackOf(needed));
    }
    if (principal.sources !== null && this.metadata(WHOLE_LEDGER, context) === true) {
      throw new ForbiddenException(
        'This API key is limited to sources. It cannot use this operation, which covers all sources.',
      );
    }
    return true;
  }

  private metadata<T>(name: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(name, [context.getHandler(), context.getClass()]);
  }
}

/** The message for a key that has none of the scopes. */
export function lackOf(scopes: readonly Scope[]): string {
  return `This API key lacks the scope ${scopes.join(' or ')}`;
}
