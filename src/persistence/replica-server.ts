// The read replica. Nothing is ever written here.
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions, SESSION_OPTIONS } from './data-source-options.js';
import { QueryServer } from './query-server.js';
import { prepareSession } from './session.js';

/** The primary is there to be asked instead: nobody waits long for a replica that does not answer. */
const CONNECT_TIME_OUT_MS = 1500;

/** The connections to the replica. */
export class ReplicaServer extends QueryServer {
  private opening: Promise<unknown> | undefined;

  private constructor(
    dataSource: DataSource,
    poolSize: number,
    private readonly clients: ReadonlySet<Client>,
  ) {
    // Who waits for a connection has it counted as time to connect: nobody is let in for whom there is none.
    super(dataSource, poolSize, poolSize);
  }

  static at(url: string, poolSize: number): ReplicaServer {
    const clients = new Set<Client>();
    const onConnect = (client: Client) => {
      clients.add(client);
      client.once('end', () => clients.delete(client));
      return prepareSession(client);
    };
    // A connection that breaks while nobody uses it: Replica sees by itself what is the matter.
    const options = dataSourceOptions(url, poolSize, () => undefined);
    const extra = { ...SESSION_OPTIONS, onConnect };
    const dataSource = new DataSource({ ...options, connectTimeoutMS: CONNECT_TIME_OUT_MS, extra });
    return new ReplicaServer(dataSource, poolSize, clients);
  }

  /** Connects, if it has not been done yet. To be tried again after an error. */
  async open(): Promise<void> {
    if (this.opening === undefined && this.dataSource.isInitialized) return;
    this.opening ??= this.dataSource.initialize().finally(() => (this.opening = undefined));
    await this.opening;
  }

  /** Ends all connections of the pool, whatever they do: what is asked on them fails at once. */
  breakOff(): void {
    for (const { connection } of this.clients) connection.stream.destroy();
  }

  async end(): Promise<void> {
    await this.opening?.catch(() => undefined);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
