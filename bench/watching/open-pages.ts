// A service in, people out who have the console's overview open, each with a page that follows the feed as the console does.
// They have a thread of their own, so that what they read keeps nobody from timing pushes.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Answer } from '../../console/api/answer.js';
import { follow, pause } from '../../console/api/following.js';
import { Pace } from '../../console/api/pace.js';
import { API_KEY } from '../support/processes.js';

/** The bench ledger's days: about two weeks of 40,000 calls, hour by hour. */
const SPAN = 'from=2024-01-01T00:00:00Z&to=2024-01-15T00:00:00Z';
/** What the overview asks whenever it is refreshed. */
const REFRESH = [
  '/v1/status',
  `/v1/stats/calls?${SPAN}&interval=hour&fill=true`,
  `/v1/stats/calls?${SPAN}&interval=hour&groupBy=smartStatusCode`,
];

export interface OpenPages {
  /**
   * @returns milliseconds of each refresh until its last answer
   * @throws Error with the first answer that was not 200
   */
  readonly close: () => Promise<readonly number[]>;
}

export function openPages(port: number, count: number): OpenPages {
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: { port, count } });
  const times = once(thread, 'message').then(([message]) => message as readonly number[]);
  // Told of when the pages are closed.
  times.catch(() => undefined);
  return {
    close: () => {
      thread.postMessage('close');
      return times;
    },
  };
}

async function inThread(parent: MessagePort): Promise<void> {
  const { port, count } = workerData as { port: number; count: number };
  const gone = new AbortController();
  parent.once('message', () => {
    gone.abort();
  });
  const times: number[] = [];
  await Promise.all(Array.from({ length: count }, () => new Page(port, gone.signal, times).open()));
  parent.postMessage(times);
}

class Page {
  private readonly pace = new Pace(() => performance.now());
  private asking: Promise<void> = Promise.resolve();

  constructor(
    private readonly port: number,
    private readonly signal: AbortSignal,
    private readonly times: number[],
  ) {}

  async open(): Promise<void> {
    try {
      await follow({
        ask: (after, wait) => this.changes(after, wait),
        changed: () => {
          this.asking = Promise.all([this.asking, this.refresh()]).then(() => undefined);
          // Told of when the pages are closed.
          this.asking.catch(() => undefined);
        },
        pace: this.pace,
        pause: (ms) => pause(ms, this.signal),
        now: () => performance.now(),
      });
    } catch (error) {
      if (!this.signal.aborted) throw error;
    }
    await this.asking;
  }

  private async changes(
    after: string,
    wait: number,
  ): Promise<Answer<{ nextCursor: string; upToDate: boolean }>> {
    const path = `/v1/changes?after=${after}&limit=0&wait=${wait}`;
    return { data: (await (await this.ask(path)).json()) as { nextCursor: string; upToDate: boolean } };
  }

  private async refresh(): Promise<void> {
    const begin = performance.now();
    const ends = this.pace.begins();
    try {
      await Promise.all(REFRESH.map(async (path) => (await this.ask(path)).arrayBuffer()));
    } catch (error) {
      if (!this.signal.aborted) throw error;
      return;
    } finally {
      ends();
    }
    this.times.push(performance.now() - begin);
  }

  private async ask(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers, signal: this.signal });
    if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}`);
    return answer;
  }
}

if (parentPort !== null) await inThread(parentPort);
