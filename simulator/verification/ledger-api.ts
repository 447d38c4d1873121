import { setTimeout as wait } from 'node:timers/promises';

const ANSWER_TIME_OUT_MS = 60_000;
const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;
export const LARGEST_PAGE = 1000;

/** A JSON object whose fields have not been checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer of the API. `body` is undefined if it was not JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An answer of any type. */
export interface FileAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

/** The API did not answer as it is described, so the ledger can't be verified. */
export class ApiError extends Error {}

/**
 * Reads from the ledger's API. If the service can't be reached, restarts (503) or limits its client (429), it is
 * asked again for `patienceMs`. After the signal, every request throws an ApiError.
 */
export class LedgerApi {
  constructor(
    private readonly url: string,
    private readonly apiKey: string,
    private readonly patienceMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Sends a request for JSON, and sends it again while the service can't answer.
   *
   * @throws ApiError after `patienceMs`
   */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const { status, bytes } = await this.getFile(path, query);
    return { status, body: parsed(bytes.toString()) };
  }

  /** Like `get`, for answers of any type. */
  async getFile(path: string, query: Readonly<Record<string, string>> = {}): Promise<FileAnswer> {
    const end = performance.now() + this.patienceMs;
    for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      const answer = await this.tryGet(path, query);
      if (this.signal.aborted) throw new ApiError('interrupted');
      if (!(answer instanceof Error) && answer.status !== 429 && answer.status !== 503) return answer;
      if (performance.now() + pauseMs > end) {
        const problem = answer instanceof Error ? answer.message : `answers ${answer.status}`;
        throw new ApiError(`GET ${path}: ${problem}`, { cause: answer });
      }
      await wait(pauseMs, undefined, { signal: this.signal }).catch((error: unknown) => {
        throw new ApiError('interrupted', { cause: error });
      });
    }
  }

  /**
   * Like `get`, but requires status 200 with a JSON object.
   *
   * @throws ApiError
   */
  async getObject(path: string, query: Readonly<Record<string, string>> = {}): Promise<JsonObject> {
    const { status, body } = await this.get(path, query);
    if (status === 200 && isObject(body)) return body;
    throw new ApiError(`GET ${path} answers ${status}: ${JSON.stringify(body ?? null).slice(0, 300)}`);
  }

  /**
   * Sends a request that changes something, once.
   *
   * @returns the answer, with status 202
   * @throws ApiError
   */
  async post(path: string, body: JsonObject): Promise<JsonObject> {
    const sent = await this.send(new URL(this.url + path), { method: 'POST', body: JSON.stringify(body) });
    const answer =
      sent instanceof Error ? sent : { status: sent.status, body: parsed(sent.bytes.toString()) };
    if (!(answer instanceof Error) && answer.status === 202 && isObject(answer.body)) return answer.body;
    const problem = answer instanceof Error ? answer.message : JSON.stringify(answer).slice(0, 300);
    throw new ApiError(`POST ${path}: ${problem}`);
  }

  /** Yields the entries of each page of a list, to the last page. */
  async *pages(path: string, query: Readonly<Record<string, string>>): AsyncGenerator<JsonObject[]> {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.getObject(path, cursor === undefined ? query : { ...query, cursor });
      yield entriesOf(page, path);
      cursor = nextCursorOf(page, path);
      if (cursor !== undefined && seen.has(cursor))
        throw new ApiError(`GET ${path} gives the same cursor twice`);
      seen.add(cursor ?? '');
    } while (cursor !== undefined);
  }

  private async tryGet(path: string, query: Readonly<Record<string, string>>): Promise<FileAnswer | Error> {
    const url = new URL(this.url + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.send(url, {});
  }

  private async send(url: URL, request: RequestInit): Promise<FileAnswer | Error> {
    try {
      const response = await fetch(url, {
        ...request,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          'content-type': 'application/json',
        },
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(ANSWER_TIME_OUT_MS)]),
      });
      return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause : new Error(String(cause));
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function entriesOf(page: JsonObject, path: string): JsonObject[] {
  const { data } = page;
  if (!Array.isArray(data) || !data.every(isObject))
    throw new ApiError(`GET ${path} gives no "data" array of objects`);
  return data;
}

function nextCursorOf(page: JsonObject, path: string): string | undefined {
  const next = isObject(page.page) ? page.page.nextCursor : undefined;
  if (next === null) return undefined;
  if (typeof next !== 'string') throw new ApiError(`GET ${path} gives no "page.nextCursor"`);
  return next;
}
