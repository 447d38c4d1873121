import {
  request as requestHttp,
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as requestHttps, Agent as HttpsAgent } from 'node:https';
import { errorCode } from '../../platform/error-code.js';

const LARGEST_ANSWER_BYTES = 65_536;

/** The end of the URL that the vendor's console is given for a message. */
export type PushTarget = 'call-reports' | 'call-notes' | 'call-recordings';

/** The result of one attempt: an answer after `ms` milliseconds, no answer in time, or a broken connection. */
export type Attempt =
  | { readonly kind: 'answer'; readonly status: number; readonly acknowledged: boolean; readonly ms: number }
  | { readonly kind: 'time-out' }
  | { readonly kind: 'network'; readonly code: string };

/**
 * Posts bodies to the push endpoint as the vendor does: JSON without authentication headers, with the secret in the
 * path, over connections that stay open.
 */
export class PushClient {
  private readonly base: string;
  private readonly agent: HttpAgent | HttpsAgent;

  constructor(
    url: string,
    token: string,
    private readonly timeOutMs: number,
  ) {
    this.base = `${url.replace(/\/+$/, '')}/push/${encodeURIComponent(token)}/`;
    this.agent =
      new URL(this.base).protocol === 'https:'
        ? new HttpsAgent({ keepAlive: true })
        : new HttpAgent({ keepAlive: true });
  }

  /** Sends one body to one of the three URLs; never rejects. */
  send(body: Buffer, to: PushTarget = 'call-reports'): Promise<Attempt> {
    const begun = performance.now();
    return new Promise((resolve) => {
      const request = this.request(new URL(this.base + to), {
        method: 'POST',
        agent: this.agent,
        headers: { 'content-type': 'application/json;charset=utf-8', 'content-length': body.length },
      });
      const settle = (attempt: Attempt): void => {
        clearTimeout(timer);
        resolve(attempt);
      };
      const timer = setTimeout(() => {
        // An answer may have arrived in time, but this process was too busy to read it. It is read first.
        setImmediate(() => {
          settle({ kind: 'time-out' });
          request.destroy();
        });
      }, this.timeOutMs);
      request.on('error', (error) => {
        settle({ kind: 'network', code: codeOf(error) });
      });
      request.on('response', (response) => {
        readAnswer(response).then(
          (text) => {
            const status = response.statusCode ?? 0;
            const acknowledged = status === 200 && isAcknowledgement(text);
            settle({ kind: 'answer', status, acknowledged, ms: performance.now() - begun });
          },
          (error: unknown) => {
            settle({ kind: 'network', code: codeOf(error) });
          },
        );
      });
      request.end(body);
    });
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy();
  }

  private request(target: URL, options: RequestOptions) {
    return target.protocol === 'https:' ? requestHttps(target, options) : requestHttp(target, options);
  }
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) throw new Error('the answer was not read as bytes');
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The vendor's rule: a JSON object with a numeric `code`, whatever its value. */
function isAcknowledgement(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return (
      typeof answer === 'object' && answer !== null && 'code' in answer && typeof answer.code === 'number'
    );
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return errorCode(error) ?? String(error);
}
