import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A push as it arrived: `attempt` counts arrivals of the same body from 1. */
export interface Arrival {
  readonly path: string;
  readonly body: Buffer;
  readonly atMs: number;
  readonly attempt: number;
}

/** What the receiver does with a push. */
export type Behaviour = 'ok' | 'never' | 'drop' | { readonly status: number; readonly text: string };

export type Behave = (arrival: Arrival) => Behaviour | Promise<Behaviour>;

export const UNAVAILABLE: Behaviour = { status: 503, text: '{"code":503,"msg":"later"}' };
export const REFUSED: Behaviour = { status: 400, text: '{"code":400,"msg":"not JSON"}' };

/** A real HTTP server in the place of the ledger's push endpoint, as badly behaved as a test wants it. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  private readonly server = createServer((request, response) => {
    void this.take(request, response);
  });

  private constructor(private readonly behave: Behave) {}

  static async listening(behave: Behave): Promise<Receiver> {
    const receiver = new Receiver(behave);
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const attempt = 1 + this.arrivals.filter((earlier) => earlier.body.equals(body)).length;
    const arrival = { path: request.url ?? '', body, atMs: performance.now(), attempt };
    this.arrivals.push(arrival);
    const behaviour = await this.behave(arrival);
    if (behaviour === 'drop') request.socket.destroy();
    else if (behaviour === 'ok') response.end('{"code":0,"msg":"Success"}');
    else if (behaviour !== 'never') response.writeHead(behaviour.status).end(behaviour.text);
  }
}
