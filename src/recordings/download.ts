// Downloads a file from the vendor's object store into a store of the ledger.
import type { IncomingMessage } from 'node:http';
import { errorCode } from '../../platform/error-code.js';
import type { AllowedHosts } from '../outbound/allowed-hosts.js';
import { guardedRequest } from '../outbound/guarded-request.js';
import type { RecordingStore, StoredFile } from './recording-store.js';

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LONGEST_TYPE = 100;

/** Why a file was not kept. The message names no URL. */
class DownloadError extends Error {}

/** The file came, but the store did not take it. The message names no path; the cause may. */
export class StoreError extends Error {
  constructor(cause: unknown) {
    const kind = errorCode(cause) ?? (cause instanceof Error ? cause.name : 'unknown error');
    super(`The store of the recordings did not take the file (${kind})`, { cause });
  }
}

/** The limits of a download. */
export interface DownloadLimits {
  readonly hosts: AllowedHosts;
  readonly maxBytes: number;
  /** Milliseconds without any byte, after which the download fails. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/** A file that was kept. */
export interface Downloaded extends StoredFile {
  readonly contentType: string;
}

/**
 * Downloads a file completely, or leaves nothing.
 *
 * @throws DownloadError, NotAllowedError, StoreError, or the error of the connection
 */
export async function download(
  url: string,
  store: RecordingStore,
  key: string,
  limits: DownloadLimits,
): Promise<Downloaded> {
  if (!URL.canParse(url)) throw new DownloadError('The URL can not be read');
  const answer = await answerOf(new URL(url), limits);
  try {
    const { 'content-length': length, 'content-type': type = 'application/octet-stream' } = answer.headers;
    const expected = length === undefined ? undefined : Number(length);
    if (expected !== undefined && expected > limits.maxBytes) throw tooLarge(limits.maxBytes);
    const chunks = new Chunks(answer, expected, limits.maxBytes);
    const stored = await chunks.storedIn(store, key, limits.signal);
    return { ...stored, contentType: type.slice(0, LONGEST_TYPE) };
  } finally {
    answer.destroy();
  }
}

async function answerOf(first: URL, { hosts, signal, idleMs }: DownloadLimits): Promise<IncomingMessage> {
  let url = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const headers = { 'accept-encoding': 'identity' };
    const answer = await guardedRequest(url, hosts, { headers, signal, idleMs });
    const { statusCode = 0, headers: said } = answer;
    if (statusCode === 200) return answer;
    answer.destroy();
    if (!REDIRECTS.has(statusCode)) throw new DownloadError(`The store of the vendor answered ${statusCode}`);
    if (said.location === undefined || !URL.canParse(said.location, url.href))
      throw new DownloadError('The store of the vendor redirected to no URL');
    url = new URL(said.location, url);
  }
  throw new DownloadError(`The store of the vendor redirected more than ${MOST_REDIRECTS} times`);
}

/** The body. It fails when it ends before its end, is empty, or is too large. */
class Chunks {
  private failed = false;

  constructor(
    private readonly answer: IncomingMessage,
    private readonly expected: number | undefined,
    private readonly maxBytes: number,
  ) {}

  /** @throws StoreError, or what the body failed with */
  async storedIn(store: RecordingStore, key: string, signal: AbortSignal): Promise<StoredFile> {
    try {
      return await store.put(key, this.checked(), signal);
    } catch (error) {
      if (this.failed || signal.aborted) throw error;
      throw new StoreError(error);
    }
  }

  private async *checked(): AsyncGenerator<Buffer> {
    try {
      yield* this.chunks();
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  private async *chunks(): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of this.answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > this.maxBytes) throw tooLarge(this.maxBytes);
      yield chunk;
    }
    if (!this.answer.complete || (this.expected !== undefined && bytes !== this.expected))
      throw new DownloadError(`The connection broke off after ${bytes} bytes`);
    if (bytes === 0) throw new DownloadError('The file is empty');
  }
}

function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError(`The file is larger than ${maxBytes} bytes (RECORDING_MAX_BYTES)`);
}
