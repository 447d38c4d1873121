// Sends one request to a webhook's URL.
import type { IncomingMessage } from 'node:http';
import { errorText } from '../../errors.js';
import { NONE } from '../../numbers/own-numbers.js';
import { guardedRequest } from '../../outbound/guarded-request.js';
import type { AllowedHosts } from '../../outbound/allowed-hosts.js';
import { maskText } from '../../security/masking/text-mask.js';
import { targetOf } from '../target.js';

/** How long a request may take, from the look-up of the host to the end of what is read of the answer. */
const LONGEST_REQUEST_MS = 10_000;
/** What is read of an answer. The rest is dropped with the connection. */
const MOST_ANSWER_BYTES = 4096;
const MOST_ANSWER_CHARACTERS = 200;

/** What became of a request. */
export interface RequestResult {
  /** Undefined: there was no answer. */
  readonly status: number | undefined;
  readonly durationMs: number;
  /** The first characters of the answer, masked. */
  readonly answer: string | undefined;
  /** Why it counts as failed; undefined: it went well. */
  readonly problem: string | undefined;
  readonly retryAfter: string | undefined;
}

/** What to send, and where. */
export interface WebhookRequest {
  readonly url: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends a request. It never throws.
 *
 * @param signal ends the request
 */
export async function sendRequest(
  { url, body, headers }: WebhookRequest,
  hosts: AllowedHosts,
  signal: AbortSignal,
): Promise<RequestResult> {
  const begin = performance.now();
  const timeout = AbortSignal.timeout(LONGEST_REQUEST_MS);
  const ended = () => Math.round(performance.now() - begin);
  let status: number | undefined;
  try {
    const answer = await guardedRequest(targetOf(url, hosts), hosts, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(body.length),
        'user-agent': 'call-ledger',
      },
      body,
      signal: AbortSignal.any([signal, timeout]),
      idleMs: LONGEST_REQUEST_MS,
    });
    status = answer.statusCode ?? 0;
    const retryAfter = answer.headers['retry-after'];
    const text = await beginningOf(answer);
    return { status, durationMs: ended(), answer: text, problem: problemOf(status), retryAfter };
  } catch (error) {
    const problem = timeout.aborted
      ? `There was no whole answer within ${LONGEST_REQUEST_MS / 1000} s`
      : maskText(errorText(error), NONE);
    return { status, durationMs: ended(), answer: undefined, problem, retryAfter: undefined };
  }
}

function problemOf(status: number): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return `The receiver answered ${status}. Redirects are not followed`;
  return `The receiver answered ${status}`;
}

/** Reads the beginning of an answer, and ends the connection. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST_ANSWER_BYTES) break;
    }
  } finally {
    answer.destroy();
  }
  const text = Buffer.concat(chunks).toString('utf8').replaceAll('\0', '');
  // It is masked before it is cut: the cut could leave a part of a number that does not look like one.
  return [...maskText(text, NONE)].slice(0, MOST_ANSWER_CHARACTERS).join('');
}
