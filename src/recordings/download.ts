// Downloads a file from the vendor's object store into a store of the ledger.
import type { IncomingMessage } from 'node:http';
import type { AllowedHosts } from '../outbound/allowed-hosts.js';
import { guardedRequest } from '../outbound/guarded-request.js';
import type { RecordingStore, StoredFile } from './recording-store.js';

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LONGEST_TYPE = 100;

/** Why a file was not kept. The message names no URL. */
class DownloadError extends Error {}

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
 * @throws DownloadError, NotAllowedError, or the error of the connection or the store
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
    const stored = await store.put(key, chunksOf(answer, expected, limits.maxBytes), limits.signal);
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

/** The body. It fails when the body ends before its end, is empty, or is too large. */
async function* chunksOf(
  answer: IncomingMessage,
  expected: number | undefined,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
  if (!answer.complete || (expected !== undefined && bytes !== expected))
    throw new DownloadError(`The connection broke off after ${bytes} bytes`);
  if (bytes === 0) throw new DownloadError('The file is empty');
}

function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError(`The file is larger than ${maxBytes} bytes (RECORDING_MAX_BYTES)`);
}
