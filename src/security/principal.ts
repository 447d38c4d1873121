// Who asks: made by the guard, handed on explicitly to whatever answers.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Viewer } from './visible-sources.js';

/** What a key may be allowed to do. An operation needs one of them; `numbers:read` adds to the others. */
export const SCOPES = [
  'calls:read',
  'stats:read',
  'numbers:read',
  'deliveries:read',
  'quarantine:manage',
  'privacy:erase',
  'keys:manage',
  'audit:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

/** Whose a key is, and what they may do and see. */
export interface KeyHolder extends Viewer {
  /** The key's id; {@link ADMIN}'s for the key of the settings. */
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The sources whose calls there are for them; null: all. */
  readonly sources: readonly string[] | null;
  /** Null: never. */
  readonly expiresAt: Date | null;
  /**
   * The key from which this one descends, itself if none: keys that were made by one another share what they may ask. Those that
   * ADMIN_API_KEY made are families of their own.
   */
  readonly family: string;
}

/** The holder of ADMIN_API_KEY. */
export const ADMIN: KeyHolder = {
  keyId: 'admin',
  name: 'ADMIN_API_KEY',
  scopes: SCOPES,
  sources: null,
  expiresAt: null,
  family: 'admin',
};

/** Who asks, and from where. */
export interface Principal extends KeyHolder {
  readonly remoteAddress: string | null;
  /** The request's, as it stands in the answer and in the log. */
  readonly requestId: string;
}

export function seesNumbers({ scopes }: KeyHolder): boolean {
  return scopes.includes('numbers:read');
}

/** A request to the API; ApiGate notes who asks when it has found the key good. */
export interface AuthenticatedRequest extends Request {
  principal?: Principal;
}

/** @throws Error when nobody has looked at the request's key: a route that is not under `/v1` */
export function principalOf(request: AuthenticatedRequest): Principal {
  if (request.principal === undefined)
    throw new Error('nobody looked at who asks; the route is not behind ApiGate');
  return request.principal;
}

/** The parameter of a route that is who asks: a {@link Principal}. */
export const Asker = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
