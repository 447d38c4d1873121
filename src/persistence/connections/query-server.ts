// A PostgreSQL server that answers queries: the primary, or the read replica.
import { type Client, Pool, type QueryResultRow } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { inStatementSpan } from '../../tracing/spans.js';
import {
  BEGIN_SNAPSHOT,
  clientOf,
  connected,
  type Connection,
  NOTHING,
  runEntityWork,
  runForTexts,
  runStatement,
  runTransaction,
  type TransactionWork,
} from './clients.js';
import { SESSION_OPTIONS } from './data-source-options.js';
import type { Statement, TextRow, Transaction } from './statement.js';
import { watchStatements } from './statement-subscriber.js';
import { Semaphore } from '../../background/semaphore.js';
import { asUnavailable, DatabaseUnavailableError, READ_ONLY, sqlState } from './unavailable.js';

/**
 * The server itself gives up earlier (session.ts). These limits are for a server that does not answer at all. In a
 * transaction, the write limit applies to each statement. With one limit for the whole transaction, corrections of
 * 50,000 calls would take too long on a slow server, and would never leave the journal.
 */
const WRITE_LIMIT_MS = 15_000;
const READ_LIMIT_MS = 32_000;

/** The work of a transaction that writes: reads that begin it, and what follows. */
export type ReadThenWrite<Found, T> = Omit<TransactionWork<Found, T>, 'begin'>;

/** How the pool of connections is used. */
export interface Connections {
  readonly total: number;
  readonly idle: number;
  /** The number of callers that wait for a connection or, as queries, for the semaphore. */
  readonly waiting: number;
  readonly max: number;
}

/**
 * Runs statements on the connections of a TypeORM data source. Each statement has a time limit, even if the server does
 * not answer. If the server is unavailable, it throws one error, whatever the reason is.
 */
export class QueryServer {
  private readonly queries: Semaphore;

  /**
   * @param poolSize the most connections
   * @param readers the most connections that {@link read}, {@link readEntities} and {@link snapshot} may use at once
   */
  constructor(
    protected readonly dataSource: DataSource,
    private readonly poolSize: number,
    readers: number,
  ) {
    this.queries = new Semaphore(readers);
  }

  /** How the pool is used. All counts but `max` are 0 while there is no pool. */
  get connections(): Connections {
    const { totalCount: total = 0, idleCount: idle = 0, waitingCount = 0 } = poolOf(this.dataSource) ?? {};
    return { total, idle, waiting: waitingCount + this.queries.waiting, max: this.poolSize };
  }

  /**
   * Runs one statement. It does not wait for the semaphore of queries.
   *
   * @throws DatabaseUnavailableError
   */
  async query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return inStatementSpan(statement, () => this.ask<Row>(WRITE_LIMIT_MS, statement));
  }

  /**
   * Like {@link query}, with TypeORM.
   *
   * @param work sends one statement
   */
  async queryEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withConnection(WRITE_LIMIT_MS, (connection) => runEntityWork(connection, work));
  }

  /**
   * Runs one query of a client. On the primary, queries use at most half of the connections, so that pushes always find
   * one.
   *
   * @throws DatabaseUnavailableError also if the answer takes more than 30 s
   */
  async read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return inStatementSpan(statement, () => this.queries.run(() => this.ask<Row>(READ_LIMIT_MS, statement)));
  }

  /** Like {@link read}. Values stay in PostgreSQL's text form, in the order of the columns. */
  async readTexts(statement: Statement): Promise<TextRow[]> {
    return inStatementSpan(statement, () =>
      this.queries.run(() =>
        this.withConnection(READ_LIMIT_MS, (connection) => runForTexts(connection, statement)),
      ),
    );
  }

  /** Like {@link read}, for a single row. */
  async find<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return (await this.read<Row>(statement))[0];
  }

  /**
   * Like {@link read}, with TypeORM.
   *
   * @param work sends one statement
   */
  async readEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.queries.run(() =>
      this.withConnection(READ_LIMIT_MS, (connection) => runEntityWork(connection, work)),
    );
  }

  /** Like {@link read}, for several statements that must see one snapshot of the ledger. */
  async snapshot<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.queries.run(() =>
      this.withConnection(READ_LIMIT_MS, (connection) =>
        runTransaction(connection, { begin: BEGIN_SNAPSHOT, lookUp: NOTHING, work }),
      ),
    );
  }

  /**
   * Makes a connection outside of the pool, for work that takes minutes. The caller ends it.
   *
   * @param name its `application_name`
   * @throws DatabaseUnavailableError
   */
  async dedicatedConnection(name: string): Promise<Client> {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) throw notConnected();
    return connected({
      ...SESSION_OPTIONS,
      connectionString: options.url,
      connectionTimeoutMillis: options.connectTimeoutMS,
      application_name: name,
    });
  }

  /**
   * Runs work in one READ COMMITTED transaction and commits it. The time limit starts again with each answer of the
   * server.
   *
   * @throws DatabaseUnavailableError, or the error of `work`, after the rollback
   */
  protected writeTransaction<Found, T>({ lookUp, work }: ReadThenWrite<Found, T>): Promise<T> {
    return this.withConnection(WRITE_LIMIT_MS, (connection, hasAnswered) =>
      runTransaction(connection, { begin: 'BEGIN', lookUp, work }, hasAnswered),
    );
  }

  private async ask<Row extends QueryResultRow>(limitMs: number, statement: Statement): Promise<Row[]> {
    return this.withConnection(limitMs, (connection) => runStatement<Row>(connection, statement));
  }

  /** @param limitMs the time limit, which starts again with each call of `hasAnswered` */
  private async withConnection<T>(
    limitMs: number,
    work: (connection: Connection, hasAnswered: () => void) => Promise<T>,
  ): Promise<T> {
    // During its initialization, a data source has connections before it has the entities.
    if (this.dataSource.entityMetadatas.length === 0) throw notConnected();
    const runner = this.dataSource.createQueryRunner();
    let client: Client | undefined;
    // A connection can break silently (a failover, a frozen server). Then no answer would ever come.
    const limit = setTimeout(() => client?.connection.stream.destroy(), limitMs);
    const hasAnswered = () => limit.refresh();
    try {
      client = clientOf(await runner.connect());
      watchStatements(runner, hasAnswered);
      return await work({ client, manager: runner.manager }, hasAnswered);
    } catch (error) {
      // A session may stay read-only although new ones could write, so the pool drops it.
      if (sqlState(error) === READ_ONLY) await client?.end();
      throw asUnavailable(error instanceof QueryFailedError ? error.driverError : error);
    } finally {
      clearTimeout(limit);
      await runner.release();
    }
  }
}

function notConnected(): DatabaseUnavailableError {
  return new DatabaseUnavailableError(new Error('Driver not Connected'));
}

/** The pool of TypeORM's driver for PostgreSQL, once there is one. */
function poolOf({ driver }: DataSource): Pool | undefined {
  return 'master' in driver && driver.master instanceof Pool ? driver.master : undefined;
}
