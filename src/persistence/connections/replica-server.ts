import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, poolOptions } from './data-source-options.js';
import { QueryServer } from './query-server.js';
import { prepareSession } from './session.js';

/** Shorter than for the primary, because the primary answers instead of a replica that does not. */
const CONNECT_TIME_OUT_MS = 1500;

/** The read replica. Nothing is ever written here. */
export class ReplicaServer extends QueryServer {
  private opening: Promise<unknown> | undefined;

  private constructor(
    dataSource: DataSource,
    poolSize: number,
    private readonly clients: ReadonlySet<Client>,
  ) {
    // The time limit for connecting includes waiting for a free connection, so queries wait for the semaphore instead.
    super(dataSource, poolSize, poolSize);
  }

  /** @param poolSize the most connections */
  static at(url: string, poolSize: number): ReplicaServer {
    const clients = new Set<Client>();
    const onConnect = (client: Client) => {
      clients.add(client);
      client.once('end', () => clients.delete(client));
      return prepareSession(client);
    };
    // Idle connections that break are ignored: Replica watches the server itself.
    const options = dataSourceOptions(url, poolSize, () => undefined);
    const extra = poolOptions(onConnect);
    const dataSource = new DataSource({ ...options, connectTimeoutMS: CONNECT_TIME_OUT_MS, extra });
    return new ReplicaServer(dataSource, poolSize, clients);
  }

  /** Connects, if it is not connected yet. Call it again after an error. */
  async open(): Promise<void> {
    if (this.opening === undefined && this.dataSource.isInitialized) return;
    this.opening ??= this.dataSource.initialize().finally(() => (this.opening = undefined));
    await this.opening;
  }

  /** Breaks all connections of the pool. Queries that run on them fail at once. */
  breakOff(): void {
    for (const { connection } of this.clients) connection.stream.destroy();
  }

  async end(): Promise<void> {
    await this.opening?.catch(() => undefined);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
