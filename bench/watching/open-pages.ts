// A service in, people out who have the console's overview open, each with a page that follows the feed as the console does.
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
  /** Milliseconds of each refresh until its last answer. */
  readonly times: readonly number[];
  /** @throws Error with the first answer that was not 200 */
  readonly close: () => Promise<void>;
}

export function openPages(port: number, count: number): OpenPages {
  const gone = new AbortController();
  const times: number[] = [];
  const pages = Array.from({ length: count }, () => new Page(port, gone.signal, times).open());
  return {
    times,
    close: async () => {
      gone.abort();
      await Promise.all(pages);
    },
  };
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
    return { data: (await this.ask(path)) as { nextCursor: string; upToDate: boolean } };
  }

  private async refresh(): Promise<void> {
    const begin = performance.now();
    const ends = this.pace.begins();
    try {
      await Promise.all(REFRESH.map((path) => this.ask(path)));
    } catch (error) {
      if (!this.signal.aborted) throw error;
      return;
    } finally {
      ends();
    }
    this.times.push(performance.now() - begin);
  }

  private async ask(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers, signal: this.signal });
    if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}`);
    return answer.json();
  }
}
