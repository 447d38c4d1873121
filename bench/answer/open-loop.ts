// Pushes at a constant rate whatever the answers in, how long each was waited for out.
import { setTimeout as wait } from 'node:timers/promises';
import { PushConnection } from '../support/push-connection.js';

const TICK_MS = 1;

export interface LoadResult {
  /** Milliseconds from the moment at which each push was due, so that pushes that had to wait for others count too. */
  readonly times: readonly number[];
  /** How many answers had which status; 0: the connection broke. */
  readonly statuses: ReadonlyMap<number, number>;
}

/**
 * @param request gives the next push
 * @param rate pushes a second
 * @param mostConnections pushes that are due while so many are under way wait, and their time runs
 */
export async function pushAtRate(
  port: number,
  request: () => Buffer,
  { rate, seconds, mostConnections }: { rate: number; seconds: number; mostConnections: number },
): Promise<LoadResult> {
  const client = new Client(port, mostConnections);
  const pushes = Math.floor(rate * seconds);
  const startedAt = performance.now();
  for (let sent = 0; sent < pushes;) {
    const now = performance.now();
    for (; sent < pushes && startedAt + (sent * 1000) / rate <= now; sent += 1) {
      client.push({ request, dueAt: startedAt + (sent * 1000) / rate });
    }
    await wait(TICK_MS);
  }
  await client.settled();
  return client;
}

interface DuePush {
  /** Made only when it is sent: who makes it may use the same bytes again later. */
  readonly request: () => Buffer;
  readonly dueAt: number;
}

class Client implements LoadResult {
  readonly times: number[] = [];
  readonly statuses = new Map<number, number>();
  private readonly idle: PushConnection[] = [];
  private readonly queue: DuePush[] = [];
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly port: number,
    private readonly mostConnections: number,
  ) {}

  push(push: DuePush): void {
    if (this.underWay.size >= this.mostConnections) {
      this.queue.push(push);
      return;
    }
    const work = this.pushOn(push).finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    for (const connection of this.idle) connection.close();
  }

  /** This push, and those that have become due meanwhile. */
  private async pushOn(first: DuePush): Promise<void> {
    for (let push: DuePush | undefined = first; push !== undefined; push = this.queue.shift()) {
      const status = await this.pushOne(push.request());
      this.times.push(performance.now() - push.dueAt);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
  }

  private freshOne(): PushConnection | undefined {
    for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
      if (connection.isFresh) return connection;
      connection.close();
    }
    return undefined;
  }

  private async pushOne(request: Buffer): Promise<number> {
    try {
      const connection = this.freshOne() ?? (await PushConnection.open(this.port));
      const status = await connection.push(request);
      this.idle.push(connection);
      return status;
    } catch {
      return 0;
    }
  }
}
