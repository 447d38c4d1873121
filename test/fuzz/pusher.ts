// Bodies in, the service's answers out, over connections that are kept.
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { FuzzBody } from './bodies.js';

export interface PushAnswer {
  readonly status: number;
  readonly text: string;
  readonly deliveryId: string | undefined;
  readonly ms: number;
}

/** Whoever waits this long has met a hang. */
const PATIENCE_MS = 60_000;

export class Pusher {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  async push(body: FuzzBody): Promise<PushAnswer> {
    const begin = performance.now();
    const answer = await this.send(body);
    const text = (await buffer(answer)).toString();
    const id = answer.headers['x-delivery-id'];
    return {
      status: answer.statusCode ?? 0,
      text,
      deliveryId: typeof id === 'string' ? id : undefined,
      ms: performance.now() - begin,
    };
  }

  /**
   * @returns milliseconds
   * @throws Error when it does not answer 200
   */
  async askHealth(): Promise<number> {
    const begin = performance.now();
    for (const path of ['/health/live', '/health/ready']) {
      const answer = await this.ask(path);
      const text = (await buffer(answer)).toString();
      if (answer.statusCode !== 200) throw new Error(`${path} answers ${answer.statusCode}: ${text}`);
    }
    return performance.now() - begin;
  }

  close(): void {
    this.agent.destroy();
  }

  private ask(path: string): Promise<IncomingMessage> {
    const signal = AbortSignal.timeout(this.patienceMs);
    return new Promise((answer, failed) => {
      get(`${this.url}${path}`, { agent: false, signal }, answer).on('error', failed);
    });
  }

  /** The service closes connections that rest: a body that met such an end is sent again on a new one, once. */
  private async send(body: FuzzBody): Promise<IncomingMessage> {
    const first = await this.attempt(body, this.agent);
    if (first !== 'connection had been closed') return first;
    const second = await this.attempt(body, new Agent());
    if (second === 'connection had been closed') throw new Error(second);
    return second;
  }

  private attempt(body: FuzzBody, agent: Agent): Promise<IncomingMessage | 'connection had been closed'> {
    const length = body.isChunked ? {} : { 'content-length': body.bytes.length };
    const sent = request(`${this.url}/push/${this.token}/call-reports`, {
      agent,
      method: 'POST',
      headers: { ...body.headers, ...length },
      signal: AbortSignal.timeout(this.patienceMs),
    });
    return new Promise((answer, failed) => {
      sent.on('response', answer);
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (sent.reusedSocket && error.code === 'ECONNRESET') answer('connection had been closed');
        else failed(error);
      });
      const middle = body.bytes.length >> 1;
      if (body.isChunked) sent.write(body.bytes.subarray(0, middle));
      sent.end(body.isChunked ? body.bytes.subarray(middle) : body.bytes);
    });
  }
}
