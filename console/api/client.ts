// Questions to the API in, its answers or what went wrong out. The one place from which the page asks anybody.
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/api.js';
import { type Answer, isAbort, type Problem } from './answer.js';
import { heard, look } from './live.js';
import { SERVICE } from './service.js';

export type Schemas = components['schemas'];

export { type Answer, isAbort, type Problem };

export { SERVICE };

const NOBODY_ANSWERED: Problem = { status: 0, detail: '', errors: [], requestId: undefined };

/** The connection failed: before there was an answer, or within it. */
class Unanswered extends Error {}

/** A person who has signed in with the company's account: the browser sends their cookie by itself. */
export interface Person {
  /** What a request that changes something must send, because other sites can make the browser send the cookie. */
  readonly csrfToken: string;
}

/** An API key, or a person. */
type Asker = string | Person | undefined;

let current: Asker;
let whenRefused: () => void = () => undefined;

/** @param refused called when the key is not valid any more, or the session has ended */
export function askAs(asker: Asker, refused: () => void): void {
  current = asker;
  whenRefused = refused;
}

export const api = createClient<paths, 'application/json'>({
  baseUrl: SERVICE.href.replace(/\/$/, ''),
  fetch: askService,
});

/**
 * As `fetch`, with the key or as the person.
 *
 * @throws DOMException AbortError
 * @throws Error that {@link problemOf} reads
 */
export async function askService(request: Request): Promise<Response> {
  const asker = current;
  if (typeof asker === 'string') request.headers.set('Authorization', `Bearer ${asker}`);
  else if (asker !== undefined && request.method !== 'GET')
    request.headers.set('X-CSRF-Token', asker.csrfToken);
  const credentials = typeof asker === 'object' ? 'same-origin' : 'omit';
  const response = await arrived(fetch(request, { credentials, cache: 'no-store', redirect: 'error' }));
  if (response.ok) heard();
  // An answer to a key that was signed out meanwhile says nothing of the one that is signed in.
  if (response.status === 401 && asker === current) whenRefused();
  return response;
}

/** Waits for something that comes over the connection: an answer, or what it holds; throws as {@link askService}. */
export async function arrived<T>(coming: Promise<T>): Promise<T> {
  try {
    return await coming;
  } catch (error) {
    if (isAbort(error)) throw error;
    void look();
    throw new Unanswered('the connection failed', { cause: error });
  }
}

interface Fetched<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

/** Makes one thing of what `openapi-fetch` gives or throws. */
export async function answerOf<T>(asked: Promise<Fetched<T>>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await asked;
    if (response.ok) return { data: data as T };
    return { problem: refusal(response, error) };
  } catch (error) {
    // `openapi-fetch` reads what answers hold: this is how the browser says that the connection broke within one.
    return { problem: error instanceof TypeError ? NOBODY_ANSWERED : problemOf(error) };
  }
}

/** @param error what was thrown where something was asked; @throws it when it is an AbortError: nobody waits any more */
export function problemOf(error: unknown): Problem {
  if (isAbort(error)) throw error;
  if (error instanceof Unanswered) return NOBODY_ANSWERED;
  return { ...NOBODY_ANSWERED, status: undefined, detail: String(error) };
}

/** What an answer that is no success says; throws as {@link askService}. */
export async function refusalOf(response: Response): Promise<Problem> {
  const text = await arrived(response.text());
  try {
    return refusal(response, JSON.parse(text));
  } catch {
    // Of a proxy, mostly: its page is for people who asked it, and its status says enough.
    return refusal(response, undefined);
  }
}

/** @param body read as JSON where it is */
function refusal(response: Response, body: unknown): Problem {
  const said = isObject(body) ? body : {};
  return {
    status: response.status,
    detail: typeof said['detail'] === 'string' ? said['detail'] : response.statusText,
    errors: Array.isArray(said['errors']) ? said['errors'].filter(isDetail) : [],
    requestId: response.headers.get('X-Request-Id') ?? undefined,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isDetail(value: unknown): value is Problem['errors'][number] {
  return isObject(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';
}
