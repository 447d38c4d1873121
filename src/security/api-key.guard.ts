import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type AuthenticatedRequest, principalOf, type Scope } from './principal.js';

/** Metadata of a route or its controller: the scopes of which a key needs one. */
export const NEEDED_SCOPES = 'needed-scopes';

/** Metadata: that a key must not be limited to sources. */
export const WHOLE_LEDGER = 'whole-ledger';

/** Lets requests through whose key has a scope for the operation. Who asks was found out by ApiGate. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws ForbiddenException */
  canActivate(context: ExecutionContext): boolean {
    const principal = principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>());
    const needed = this.metadata<readonly Scope[]>(NEEDED_SCOPES, context) ?? [];
    if (!needed.some((scope) => principal.scopes.includes(scope))) {
      throw new ForbiddenException(lackOf(needed));
    }
    if (principal.sources !== null && this.metadata(WHOLE_LEDGER, context) === true) {
      throw new ForbiddenException(
        'This API key is limited to sources, and what it asks for is of all of them',
      );
    }
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
