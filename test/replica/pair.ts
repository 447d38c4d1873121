// A primary and its standby, a service that asks the standby, and one that knows the primary alone.
import type { QueryResultRow } from 'pg';
import { DatabaseServer } from '../support/database-server.js';
import { type Answer, exchange } from '../support/exchange.js';
import { API_KEY } from '../support/ledger.js';
import { freshSamples } from '../support/metrics.js';
import { until } from '../support/service.js';
import { askServer, StandbyServer } from '../support/standby-server.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { Instance } from '../query/changes/instances.js';

/** Two servers on a small machine. A query that is in the way of the replay is ended at once. */
const SETTINGS = { shared_buffers: '32MB', max_connections: '60', max_standby_streaming_delay: '0' };

/** What is acknowledged is in the ledger, and not in a journal. */
const AT_ONCE = { ACK_DEADLINE_MS: '20000' };

export class Pair {
  private readonly others: Instance[] = [];

  private constructor(
    private readonly server: DatabaseServer,
    private readonly primaryUrl: string,
    readonly standby: StandbyServer,
    /** The ways of `service` to its two servers. */
    readonly toPrimary: TcpProxy,
    readonly toStandby: TcpProxy,
    readonly service: Instance,
    readonly direct: Instance,
  ) {}

  /** @param environment settings of `service` that differ */
  static async start(environment: Record<string, string> = {}): Promise<Pair> {
    const server = DatabaseServer.create(SETTINGS);
    const url = await server.start();
    const direct = await Instance.start(url, AT_ONCE);
    const standby = await StandbyServer.of(url, SETTINGS);
    const toPrimary = await TcpProxy.before(Number(new URL(url).port));
    const toStandby = await TcpProxy.before(Number(new URL(standby.url).port));
    const service = await Instance.start(toPrimary.through(url), {
      DATABASE_REPLICA_URL: toStandby.through(standby.url),
      ...AT_ONCE,
      ...environment,
    });
    const pair = new Pair(server, url, standby, toPrimary, toStandby, service, direct);
    await pair.isAsked();
    return pair;
  }

  /** One more process like `service`. */
  async another(): Promise<Instance> {
    const other = await Instance.start(this.toPrimary.through(this.primaryUrl), {
      DATABASE_REPLICA_URL: this.toStandby.through(this.standby.url),
      ...AT_ONCE,
    });
    this.others.push(other);
    return other;
  }

  query<Row extends QueryResultRow>(text: string): Promise<Row[]> {
    return askServer<Row>(this.primaryUrl, text);
  }

  /** Lets the replica replay again, and waits until it shows all that the primary holds now. */
  async catchUp(): Promise<void> {
    await this.standby.resumeReplay();
    const [primary] = await this.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn');
    await until('the replica to catch up', async () => {
      const [row] = await this.standby.query<{ done: boolean }>(
        `SELECT pg_last_wal_replay_lsn() >= '${primary?.lsn ?? ''}' AS done`,
      );
      return row?.done === true;
    });
  }

  /** What /health/ready says of the replica, with the status of the answer. */
  async health(): Promise<{ code: number; status: string; message: string }> {
    const { status: code, body } = await get(this.service, '/health/ready');
    const { details } = body as { details: Record<string, { status: string; message?: string }> };
    return { code, status: details['replica']?.status ?? '', message: details['replica']?.message ?? '' };
  }

  /** Resolves when questions go to the standby. */
  async isAsked(): Promise<void> {
    await until(
      () => 'questions to go to the standby',
      async () => (await this.health()).status === 'up',
    );
  }

  async isNotAsked(): Promise<void> {
    await until('questions to go to the primary', async () => (await this.health()).status === 'degraded');
  }

  /** One of the replica's metrics; undefined when it is left out. */
  async metric(name: string): Promise<number | undefined> {
    const samples = await freshSamples(async () => (await get(this.service, '/metrics')).text);
    return samples.get(`call_ledger_replica_${name}`);
  }

  async stop(): Promise<void> {
    await this.service.remove();
    await this.direct.remove();
    for (const other of this.others) await other.remove();
    await this.toPrimary.refuse();
    await this.toStandby.refuse();
    await this.standby.remove();
    await this.server.remove();
  }
}

export function get({ url }: Instance, path: string, key = API_KEY): Promise<Answer> {
  return exchange(url, path, { headers: { authorization: `Bearer ${key}` } });
}

/** Asks for a change. */
export function send({ url }: Instance, method: string, path: string, body?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  return exchange(url, path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}

export function callIdsOf({ body, status, text }: Answer): string[] {
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return (body as { data: { callId: string }[] }).data.map(({ callId }) => callId);
}
