// Clients that don't keep to HTTP's manners: sockets, written to by hand.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PUSH_TOKEN } from '../support/ledger.js';

/** A connection and all that came on it. */
export class RawClient {
  received = '';
  /** When the service ended it, in ms since it was opened; undefined while it did not. */
  endedAfter: number | undefined;
  private readonly opened = performance.now();

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.received += text));
    // To be ended is what these clients are for.
    socket.on('error', () => undefined);
    socket.on('close', () => (this.endedAfter = performance.now() - this.opened));
  }

  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  get isEnded(): boolean {
    return this.endedAfter !== undefined;
  }

  /** The status of the last answer that came; undefined when none did. */
  get status(): number | undefined {
    const last = [...this.received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].at(-1)?.[1];
    return last === undefined ? undefined : Number(last);
  }

  write(text: string): void {
    if (!this.socket.destroyed) this.socket.write(text);
  }

  /** Writes something every few ms until the service ends the connection. */
  trickle(text: string, everyMs: number): void {
    const timer = setInterval(() => {
      this.write(text);
    }, everyMs);
    this.socket.once('close', () => {
      clearInterval(timer);
    });
  }

  end(): void {
    this.socket.destroy();
  }
}

/** @param length of the body, in bytes */
export function pushHead(length: number, token = PUSH_TOKEN): string {
  return `POST /push/${token}/call-reports HTTP/1.1\r\nHost: ledger\r\nContent-Length: ${length}\r\n\r\n`;
}

export function pushText(records: unknown): string {
  const body = JSON.stringify(records);
  return pushHead(Buffer.byteLength(body)) + body;
}
