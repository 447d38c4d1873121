// API keys of a test ledger, made over its API.
import type { Scope } from '../../src/security/principal.js';
import { type Answer, API_KEY, type TestLedger } from './ledger.js';

export interface MadeKey {
  readonly id: string;
  readonly key: string;
}

export interface Wish {
  readonly name?: string;
  readonly scopes: readonly Scope[];
  readonly sources?: readonly string[];
  readonly expiresAt?: string;
}

type Asked = Pick<TestLedger, 'request'>;

/** @param by the key that makes it */
export function askForKey(ledger: Asked, wish: Wish, by = API_KEY): Promise<Answer> {
  return withKey(ledger, by, '/v1/api-keys', {
    method: 'POST',
    body: JSON.stringify({ name: 'a key', ...wish }),
  });
}

/** @throws Error when it is refused */
export async function makeKey(ledger: Asked, wish: Wish, by = API_KEY): Promise<MadeKey> {
  const answer = await askForKey(ledger, wish, by);
  if (answer.status !== 201) throw new Error(`no key: ${answer.status} ${answer.text}`);
  return answer.body as MadeKey;
}

/** Asks with a key. */
export function withKey(ledger: Asked, key: string, path: string, init: RequestInit = {}): Promise<Answer> {
  return ledger.request(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${key}` } });
}

export function revoke(ledger: Asked, id: string, by = API_KEY): Promise<Answer> {
  return withKey(ledger, by, `/v1/api-keys/${id}`, { method: 'DELETE' });
}
