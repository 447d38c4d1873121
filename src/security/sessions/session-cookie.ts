// The cookie of a session: what it is called, what it holds, and what of it is stored.
import type { CookieOptions, Request } from 'express';
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { validate as isUuid } from 'uuid';

const SECRET_BYTES = 32;
const FORM = /^([0-9a-f-]{36})\.([\w-]{43})$/;

/** What a cookie of a session holds. */
export interface SessionTicket {
  readonly id: string;
  readonly secret: string;
}

/** Where people reach the service, as far as cookies are concerned. */
interface Reached {
  readonly publicUrl: string;
}

/**
 * The name of a cookie. Browsers take a name that begins with `__Host-` only from the service itself, over https, for all
 * of its paths. Over http, which only loopback addresses may have, there is no such protection.
 */
export function cookieName(purpose: 'session' | 'sign-in' | 'signed-out', reached: Reached): string {
  return `${isSecure(reached) ? '__Host-' : ''}call-ledger-${purpose}`;
}

/** @param maxAge milliseconds */
export function cookieOptions(maxAge: number, reached: Reached): CookieOptions {
  return { httpOnly: true, secure: isSecure(reached), sameSite: 'lax', path: '/', maxAge };
}

function isSecure({ publicUrl }: Reached): boolean {
  return publicUrl.startsWith('https:');
}

/** @returns undefined if the request has no such cookie */
export function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (separator > 0 && pair.slice(0, separator).trim() === name) return pair.slice(separator + 1).trim();
  }
  return undefined;
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

export function ticketText({ id, secret }: SessionTicket): string {
  return `${id}.${secret}`;
}

/** @returns undefined if the text does not have the form of a session's cookie */
export function parseTicket(text: string): SessionTicket | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id !== undefined && secret !== undefined && isUuid(id) ? { id, secret } : undefined;
}

/** A fast hash is right, because the secret has 256 random bits. */
export function sessionHash(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function isSecretOf(secret: string, secretHash: Buffer): boolean {
  return timingSafeEqual(sessionHash(secret), secretHash);
}

/**
 * The token that writes of a session must send. Other sites make a browser send the cookie, but cannot read this. It is
 * made from the cookie's secret, so that it needs no storage.
 */
export function csrfTokenOf({ secret }: SessionTicket): string {
  return createHmac('sha256', secret).update('csrf').digest('base64url');
}

/** Whether a header holds the token of the session. The duration reveals nothing about it. */
export function isCsrfToken(given: string | undefined, ticket: SessionTicket): boolean {
  if (given === undefined) return false;
  return timingSafeEqual(sessionHash(given), sessionHash(csrfTokenOf(ticket)));
}
