// Questions in, the answers of the read replica out. Nothing is ever written here.
import { type Client, Pool, type PoolClient, type QueryResultRow } from 'pg';
import { inStatementSpan } from '../tracing/spans.js';
import type { AskedServer } from './asked-server.js';
import { AT_ONE_MOMENT, connected, runStatement, runTransaction } from './clients.js';
import { APPLICATION_NAME, SESSION_OPTIONS } from './data-source-options.js';
import { READ_LIMIT_MS } from './database.js';
import type { Statement, Transaction } from './statement.js';
import { prepareSession } from './session.js';
import { Turnstile } from './turnstile.js';
import { asUnavailable } from './unavailable.js';

/** The primary is there to be asked instead: nobody waits long for a replica that does not answer. */
export const CONNECT_TIME_OUT_MS = 1500;

/** The connections to the replica. They are made when they are needed. */
export class ReplicaServer implements AskedServer {
  private readonly pool: Pool;
  private readonly clients = new Set<Client>();
  /** Who waits for a connection has it counted as time to connect: nobody is let in for whom there is none. */
  private readonly questions: Turnstile;

  constructor(
    private readonly url: string,
    poolSize: number,
  ) {
    this.questions = new Turnstile(poolSize);
    const onConnect = (client: Client) => {
      this.clients.add(client);
      return prepareSession(client);
    };
    // The types of `pg` have less of the client there than there is.
    const options: object = { ...this.options(APPLICATION_NAME), max: poolSize, onConnect };
    this.pool = new Pool(options);
    this.pool.on('remove', (client) => this.clients.delete(client));
    // A connection that breaks while nobody uses it: Replica sees by itself what is the matter.
    this.pool.on('error', () => undefined);
  }

  async query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return inStatementSpan(statement, () =>
      this.withClient((client) => runStatement<Row>(client, statement)),
    );
  }

  async read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.questions.pass(() => this.query<Row>(statement));
  }

  async find<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return (await this.read<Row>(statement))[0];
  }

  async readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.questions.pass(() =>
      this.withClient((client) => runTransaction(client, AT_ONE_MOMENT, work)),
    );
  }

  connectApart(name: string): Promise<Client> {
    return connected(this.options(name));
  }

  /** Ends all connections of the pool, whatever they do: what is asked on them fails at once. */
  breakOff(): void {
    for (const { connection } of this.clients) connection.stream.destroy();
  }

  async end(): Promise<void> {
    await this.pool.end();
  }

  private options(name: string) {
    return {
      ...SESSION_OPTIONS,
      connectionString: this.url,
      application_name: name,
      connectionTimeoutMillis: CONNECT_TIME_OUT_MS,
    };
  }

  private async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    const limit = setTimeout(() => void client?.end().catch(() => undefined), READ_LIMIT_MS);
    try {
      client = await this.pool.connect();
      client.on('error', onError);
      return await work(client);
    } catch (error) {
      throw asUnavailable(error);
    } finally {
      clearTimeout(limit);
      client?.off('error', onError);
      client?.release(broken);
    }
  }
}
