// The caller of a request: ApiGate makes it, and the routes pass it on as an explicit parameter.
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Viewer } from './visible-sources.js';

/** The scopes of keys. An operation needs one of its scopes. `numbers:read` only adds to the others. */
export const SCOPES = [
  'calls:read',
  'conversations:read',
  'recordings:read',
  'stats:read',
  'numbers:read',
  'deliveries:read',
  'quarantine:manage',
  'privacy:erase',
  'keys:manage',
  'audit:read',
  'completeness:manage',
  'webhooks:manage',
  'labels:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Whether the text is the name of a scope. */
export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}

/** The holder of a key, or a person who has signed in, and what they may do and see. */
export interface KeyHolder extends Viewer {
  /** The key's id; that of {@link ADMIN} for the key of the settings; `person:` and the provider's id for a person. */
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The sources whose calls the key may see; null means all. */
  readonly sources: readonly string[] | null;
  /** Null means never. */
  readonly expiresAt: Date | null;
  /**
   * The first key of the key family: the key from which this one descends, or itself. Keys of a family share their
   * limits. Each key that ADMIN_API_KEY made begins a family of its own.
   */
  readonly family: string;
  /** The session of a person. Keys have none. */
  readonly sessionId?: string;
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

/** The caller of a request: the holder of the key, and where the request comes from. */
export interface Principal extends KeyHolder {
  readonly remoteAddress: string | null;
  /** The id of the request, as in its answer and in the log. */
  readonly requestId: string;
}

/** Whether the key sees unmasked phone numbers. */
export function seesNumbers({ scopes }: KeyHolder): boolean {
  return scopes.includes('numbers:read');
}

/** A request to the API. ApiGate sets the principal once the key is found valid. */
export interface AuthenticatedRequest extends Request {
  principal?: Principal;
}

/**
 * The principal of a request.
 *
 * @throws Error if the route is not behind ApiGate, because it is not under `/v1`
 */
export function principalOf(request: AuthenticatedRequest): Principal {
  if (request.principal === undefined)
    throw new Error('the request has no principal, because its route is not behind ApiGate');
  return request.principal;
}

/** Decorates a parameter of a route that gets the caller, a {@link Principal}. */
export const Asker = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
