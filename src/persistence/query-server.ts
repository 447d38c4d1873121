// A PostgreSQL server that answers queries: the primary, or the read replica.
import { type Client, Pool, type QueryResultRow } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { inStatementSpan } from '../tracing/spans.js';
import {
  AT_ONE_MOMENT,
  clientOf,
  connected,
  type Connection,
  runEntityWork,
  runStatement,
  runTransaction,
} from './clients.js';
import { SESSION_OPTIONS } from './data-source-options.js';
import type { Statement, Transaction } from './statement.js';
import { watchStatements } from './statement-subscriber.js';
import { Turnstile } from './turnstile.js';
import { asUnavailable, DatabaseUnavailableError, READ_ONLY, sqlState } from './unavailable.js';

/**
 * The server gives up earlier by itself (session.ts); these are for one that does not answer at all. Writes have it
 * for each statement: corrections of 50,000 calls take longer on a slow server, and would never get through the journal.
 */
const WRITE_LIMIT_MS = 15_000;
const READ_LIMIT_MS = 32_000;

/** The connections of the pool. */
export interface Connections {
  readonly total: number;
  readonly idle: number;
  /** Works that wait for one, and questions that wait because all of theirs are taken. */
  readonly waiting: number;
  readonly max: number;
}

/**
 * Runs statements on the connections of a TypeORM data source. Each has a time limit, also where the server does not answer, and
 * all ways in which the server can be away become one error.
 */
export class QueryServer {
  private readonly questions: Turnstile;

  /**
   * @param poolSize connections at most
   * @param readers of them, those that {@link read} and its like may use at once
   */
  constructor(
    protected readonly dataSource: DataSource,
    private readonly poolSize: number,
    readers: number,
  ) {
    this.questions = new Turnstile(readers);
  }

  /** How the pool is used; all are 0 while there is none. */
  get connections(): Connections {
    const { totalCount: total = 0, idleCount: idle = 0, waitingCount = 0 } = poolOf(this.dataSource) ?? {};
    return { total, idle, waiting: waitingCount + this.questions.waiting, max: this.poolSize };
  }

  /**
   * Runs one statement at once, whatever questions wait.
   *
   * @throws DatabaseUnavailableError
   */
  async query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return inStatementSpan(statement, () => this.ask<Row>(WRITE_LIMIT_MS, statement));
  }

  /**
   * As {@link query}, by TypeORM.
   *
   * @param work sends one statement
   */
  async queryEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.withConnection(WRITE_LIMIT_MS, (connection) => runEntityWork(connection, work));
  }

  /**
   * Answers a question that somebody asks: on the primary with at most half of the connections, so that pushes always find one.
   *
   * @throws DatabaseUnavailableError also when the answer takes more than 30 s
   */
  async read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return inStatementSpan(statement, () =>
      this.questions.pass(() => this.ask<Row>(READ_LIMIT_MS, statement)),
    );
  }

  /** As {@link read}, for a single row. */
  async find<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined> {
    return (await this.read<Row>(statement))[0];
  }

  /**
   * As {@link read}, by TypeORM.
   *
   * @param work sends one statement
   */
  async readEntities<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.questions.pass(() =>
      this.withConnection(READ_LIMIT_MS, (connection) => runEntityWork(connection, work)),
    );
  }

  /** As {@link read}, for several statements that must see the ledger at one moment. */
  async readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.questions.pass(() =>
      this.withConnection(READ_LIMIT_MS, (connection) => runTransaction(connection, AT_ONE_MOMENT, work)),
    );
  }

  /**
   * A connection beside the pool, for what takes minutes: it takes none from pushes and questions. Whoever asks for it
   * ends it.
   *
   * @param name by which it stands in pg_stat_activity
   * @throws DatabaseUnavailableError
   */
  async connectApart(name: string): Promise<Client> {
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
   * Runs work in one READ COMMITTED transaction and commits it. The time limit begins anew with each answer of the server.
   *
   * @throws DatabaseUnavailableError, or whatever `work` throws, after the rollback
   */
  protected writeTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.withConnection(WRITE_LIMIT_MS, (connection, hasAnswered) =>
      runTransaction(connection, 'BEGIN', work, hasAnswered),
    );
  }

  private async ask<Row extends QueryResultRow>(limitMs: number, statement: Statement): Promise<Row[]> {
    return this.withConnection(limitMs, (connection) => runStatement<Row>(connection, statement));
  }

  /** @param limitMs from the beginning, or since the server was last said to have answered */
  private async withConnection<T>(
    limitMs: number,
    work: (connection: Connection, hasAnswered: () => void) => Promise<T>,
  ): Promise<T> {
    // It has connections a moment before it knows the entities.
    if (this.dataSource.entityMetadatas.length === 0) throw notConnected();
    const runner = this.dataSource.createQueryRunner();
    let client: Client | undefined;
    // A connection can break without a word (a failover, a frozen server): then nothing would ever come back on it.
    const limit = setTimeout(() => void client?.end().catch(() => undefined), limitMs);
    const hasAnswered = () => limit.refresh();
    try {
      client = clientOf(await runner.connect());
      watchStatements(runner, hasAnswered);
      return await work({ client, manager: runner.manager }, hasAnswered);
    } catch (error) {
      // A session may stay read-only for as long as it lives, though others could write: the pool drops it.
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
