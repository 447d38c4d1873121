// A receiver of webhooks that checks every request, and keeps a copy of the calls.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface ReceivedChange {
  readonly event: string;
  readonly callId: string;
  readonly call?: Record<string, unknown>;
}

export interface Received {
  readonly id: string;
  readonly type: string;
  readonly changes: readonly ReceivedChange[];
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}

/** What the receiver does with a request. `hang`: it never answers. */
export type Behaviour = 'hang' | number | ((response: ServerResponse) => void);

export class Receiver {
  /** Requests, in the order in which they came. */
  readonly requests: Received[] = [];
  /** The calls as the requests that were answered 2xx tell them. */
  readonly copy = new Map<string, Record<string, unknown>>();
  /** What must not happen: wrong signatures, and two requests at once. */
  readonly faults: string[] = [];
  /** Decides about each request. */
  behave: (received: Received) => Behaviour = () => 204;
  /** Any of these signs. */
  secrets: string[] = [];
  private underWay = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get changes(): readonly ReceivedChange[] {
    return this.requests.flatMap(({ changes }) => changes);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.underWay += 1;
    if (this.underWay > 1) this.faults.push('two requests at once');
    // The client is gone, or has its answer.
    response.once('close', () => (this.underWay -= 1));
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      // The sender was killed.
      return;
    }
    const received = this.read(Buffer.concat(chunks).toString('utf8'), request);
    this.requests.push(received);
    const behaviour = this.behave(received);
    if (behaviour === 'hang') return;
    // What was answered may still not arrive, so it may come again.
    if (typeof behaviour === 'function') {
      behaviour(response);
      return;
    }
    if (behaviour < 300) this.apply(received);
    response.writeHead(behaviour).end();
  }

  private read(body: string, { headers }: IncomingMessage): Received {
    const given = Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
    );
    if (!this.secrets.some((secret) => verifies(secret, body, given))) this.faults.push('a wrong signature');
    const message = JSON.parse(body) as { type: string; data: { changes?: ReceivedChange[] } };
    const { type, data } = message;
    return {
      id: given['webhook-id'] ?? '',
      type,
      changes: data.changes ?? [],
      body,
      headers: given,
      at: Date.now(),
    };
  }

  private apply({ changes }: Received): void {
    for (const { callId, call } of changes) {
      if (call === undefined) this.copy.delete(callId);
      else this.copy.set(callId, call);
    }
  }
}

function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
