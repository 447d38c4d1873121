// A sign-in that is under way: what of it the browser keeps, and how it can end.
import { randomBytes } from 'node:crypto';

const LONGEST_MS = 10 * 60_000;
const LONGEST_PLACE = 2000;

/** What is needed when the browser comes back from the identity provider, maybe to another process. */
export interface SignInUnderWay {
  readonly state: string;
  readonly nonce: string;
  /** The verifier of PKCE. */
  readonly verifier: string;
  /** A path of this service. */
  readonly returnTo: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** The identity provider does not let a person in, or not any more. */
export class ProviderRefusal extends Error {}

export function newSignIn(returnTo: string): SignInUnderWay {
  const random = () => randomBytes(32).toString('base64url');
  return { state: random(), nonce: random(), verifier: random(), returnTo, until: Date.now() + LONGEST_MS };
}

/** @returns undefined if it is not the text of a sign-in, or came too late */
export function readSignInUnderWay(text: string): SignInUnderWay | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { state, nonce, verifier, returnTo, until } = value as Readonly<Record<string, unknown>>;
  if (typeof state !== 'string' || typeof nonce !== 'string' || typeof verifier !== 'string')
    return undefined;
  if (typeof returnTo !== 'string' || typeof until !== 'number' || until < Date.now()) return undefined;
  return { state, nonce, verifier, returnTo, until };
}

/**
 * Where the browser goes after the sign-in: into the console, whatever somebody writes into a link.
 *
 * @param asked a path such as `/console#/calls`
 */
export function safePlace(asked: unknown): string {
  const start = '/console';
  if (typeof asked !== 'string' || asked.length > LONGEST_PLACE) return start;
  // Browsers read backslashes as slashes and drop control characters, so neither may come.
  if (!/^\/console(?:[?#][\x21-\x5b\x5d-\x7e]*)?$/.test(asked)) return start;
  return asked;
}
