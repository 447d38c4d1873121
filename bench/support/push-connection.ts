// Whole requests in, the status of each answer out, over one kept-alive connection: a raw socket, the cheapest client.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

interface Waiting {
  readonly answered: (status: number) => void;
  readonly failed: (error: Error) => void;
}

/** Node.js closes a connection that has rested for five seconds: nobody shall write to one at that moment. */
const LONGEST_REST_MS = 3000;

/** One request at a time. */
export class PushConnection {
  private waiting: Waiting | undefined;
  private received = '';
  private isOpen = true;
  private answeredAt = performance.now();

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.take(text);
    });
    socket.on('error', (error) => {
      this.fail(error);
    });
    socket.on('close', () => {
      this.isOpen = false;
      this.fail(new Error('the connection was closed before the answer'));
    });
  }

  static async open(port: number): Promise<PushConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new PushConnection(socket);
  }

  get isFresh(): boolean {
    return this.isOpen && performance.now() - this.answeredAt < LONGEST_REST_MS;
  }

  /**
   * @returns the status of the answer
   * @throws Error when the connection breaks
   */
  push(request: Buffer): Promise<number> {
    return new Promise((answered, failed) => {
      if (!this.isOpen) {
        failed(new Error('the connection is closed'));
        return;
      }
      this.waiting = { answered, failed };
      this.socket.write(request);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private take(text: string): void {
    this.received += text;
    const headEnd = this.received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(this.received)?.[1] ?? 0);
    if (this.received.length < headEnd + 4 + length) return;
    const status = Number(this.received.slice(9, 12));
    this.received = '';
    this.answeredAt = performance.now();
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.answered(status);
  }

  private fail(error: Error): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.failed(error);
  }
}
