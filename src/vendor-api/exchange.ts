// Sends one request and reads its answer, within limits of time and size.
import type { SignedRequest } from './signature.js';
import { VendorApiError } from './vendor-api-error.js';

export interface ExchangeLimits {
  /** Milliseconds from the request to the first bytes of the answer, the connection included. */
  readonly answerBeginsMs: number;
  /** Milliseconds from the first to the last byte of the answer. */
  readonly answerEndsMs: number;
  /** Bytes of an answer, after decompression. */
  readonly mostBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** What the header `Retry-After` says, in milliseconds; 0 if there is none. */
  readonly retryAfterMs: number;
}

/**
 * @throws VendorApiError when there is no complete answer within the limits
 * @throws the signal's reason when the signal aborts
 */
export async function exchange(
  { url, ...request }: SignedRequest,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const clock = new AnswerClock(signal);
  try {
    clock.limit(limits.answerBeginsMs, 'did not begin to answer');
    // Redirects are not followed: the signature is for this host alone, and the token must not go to another one.
    const response = await fetch(url, { ...request, redirect: 'manual', signal: clock.signal });
    clock.limit(limits.answerEndsMs, 'did not end its answer');
    const bytes = await bytesOf(response, limits.mostBytes);
    return { status: response.status, text: textOf(bytes), retryAfterMs: retryAfterMs(response) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VendorApiError) throw error;
    const why = clock.expired ?? 'could not be reached';
    throw new VendorApiError('unavailable', `${new URL(url).host} ${why}`, { cause: error });
  } finally {
    clock.stop();
  }
}

/**
 * Aborts a request when its time is over, or when the caller's signal aborts. It has timers of its own, because
 * `AbortSignal.timeout` cannot be set anew when the answer begins.
 */
class AnswerClock {
  /** What the vendor failed to do in time; undefined before that. */
  expired: string | undefined;
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly stopped = () => {
    this.controller.abort(this.outer.reason);
  };

  constructor(private readonly outer: AbortSignal) {
    outer.throwIfAborted();
    outer.addEventListener('abort', this.stopped, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Starts the time again. */
  limit(ms: number, failure: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.expired = `${failure} within ${ms} ms`;
      this.controller.abort();
    }, ms);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.stopped);
  }
}

async function bytesOf(response: Response, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const body: AsyncIterable<Uint8Array> | null = response.body;
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body, which closes the connection.
    if (size > mostBytes) throw new VendorApiError('too large', `An answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new VendorApiError('unreadable', 'An answer is not UTF-8', { cause: error });
  }
}

/** The header may also hold a date. A backoff is enough then. */
function retryAfterMs({ headers }: Response): number {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,4}$/.test(text) ? Number(text) * 1000 : 0;
}
