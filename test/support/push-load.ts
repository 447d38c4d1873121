// Pushes on many kept-alive connections, and the books of what became of each.
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode } from '../../platform/error-code.js';
import { record } from './records.js';

const LONGEST_REST_MS = 50;

/** What became of one push. Times are of `performance.now()`. */
export interface LoadedPush {
  readonly callId: string;
  /** When the whole request had left; undefined when it could not. */
  readonly sentAt: number | undefined;
  /** Undefined when no whole answer came. */
  readonly status: number | undefined;
  readonly connection: string | undefined;
  /** Why no whole answer came. */
  readonly failure: string | undefined;
}

/** Half of the connections push as fast as they are answered; the others rest in between, so that some are idle. */
export class PushLoad {
  readonly pushes: LoadedPush[] = [];
  private readonly agent: Agent;
  private readonly working: Promise<unknown>;

  /** @param url to push to */
  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.working = Promise.all(Array.from({ length: connections }, (_, worker) => this.pushOn(worker)));
  }

  /** Resolves when nobody listens any more and everything under way is settled. */
  async refused(): Promise<void> {
    await this.working;
    this.agent.destroy();
  }

  private async pushOn(worker: number): Promise<void> {
    for (let number = 0; ; number += 1) {
      const push = await this.push(`load-${worker}-${number}`);
      this.pushes.push(push);
      if (push.failure === 'ECONNREFUSED') return;
      if (worker % 2 === 0) await wait(Math.random() * LONGEST_REST_MS);
    }
  }

  private push(callId: string): Promise<LoadedPush> {
    const body = JSON.stringify([record(callId)]);
    let sentAt: number | undefined;
    return new Promise((resolve) => {
      const settle = (result: Pick<LoadedPush, 'status' | 'connection' | 'failure'>) => {
        resolve({ callId, sentAt, ...result });
      };
      const fail = (error: unknown) => {
        settle({ status: undefined, connection: undefined, failure: errorCode(error) ?? String(error) });
      };
      const posting = request(this.url, {
        method: 'POST',
        agent: this.agent,
        headers: { 'content-length': Buffer.byteLength(body) },
      });
      posting.on('finish', () => (sentAt = performance.now()));
      posting.on('error', fail);
      posting.on('response', (answer) => {
        answer.resume();
        answer.on('error', fail);
        answer.on('end', () => {
          const { statusCode: status, headers } = answer;
          settle({ status, connection: headers.connection, failure: undefined });
        });
      });
      posting.end(body);
    });
  }
}
