// Questions to the API in, its answers or what went wrong out. The one place from which the page asks anybody.
import createClient from 'openapi-fetch';
import type { components, paths } from '../generated/api.js';
import { type Answer, isAbort, type Problem } from './answer.js';

export type Schemas = components['schemas'];

export { type Answer, isAbort, type Problem };

/** The folder that the console is served from is the API's, too, whatever path a proxy gives it. */
export const SERVICE = new URL('.', document.baseURI);

let bearer: string | undefined;
let whenRefused: () => void = () => undefined;

/** @param refused called when the key is not valid any more */
export function askAs(key: string | undefined, refused: () => void): void {
  bearer = key;
  whenRefused = refused;
}

export const api = createClient<paths>({ baseUrl: SERVICE.href.replace(/\/$/, ''), fetch: askService });

/** As `fetch`, with the key. */
export function askService(request: Request): Promise<Response> {
  if (bearer !== undefined) request.headers.set('Authorization', `Bearer ${bearer}`);
  return fetch(request, { credentials: 'omit', cache: 'no-store', redirect: 'error' });
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
    if (isAbort(error)) throw error;
    return { problem: { status: 0, detail: '', errors: [], requestId: undefined } };
  }
}

/** @param body of an answer that is no success, read as JSON where it is */
export function refusal(response: Response, body: unknown): Problem {
  if (response.status === 401) whenRefused();
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
