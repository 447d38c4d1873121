// The one way to PostgreSQL for the repositories: parameters in, rows out, and one error when it is away.
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Client, Pool, PoolClient, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Settings } from '../config/settings.js';
import { InSpan, inStatementSpan } from '../tracing/spans.js';
import type { AskedServer } from './asked-server.js';
import { AT_ONE_MOMENT, connected, runStatement, runTransaction } from './clients.js';
import type { Statement, Transaction } from './statement.js';
import { Turnstile } from './turnstile.js';
import { asUnavailable, DatabaseUnavailableError, isRetryable, READ_ONLY, sqlState } from './unavailable.js';

const MOST_ATTEMPTS = 5;
/**
 * The server gives up earlier by itself (session.ts); this is for one that does not answer at all. Writes have it
 * for each statement: corrections of 50,000 calls take longer on a slow server, and would never get through the journal.
 */
const WRITE_LIMIT_MS = 15_000;
export const READ_LIMIT_MS = 32_000;

/** The connections of the pool. */
export interface Connections {
  readonly total: number;
  readonly idle: number;
  /** Works that wait for one, and questions that wait because all of theirs are taken. */
  readonly waiting: number;
  readonly max: number;
}

/** The primary: whatever writes, or must be current, is asked here. */
@Injectable()
export class Database implements AskedServer {
  private readonly questions: Turnstile;

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {
    this.questions = new Turnstile(Math.max(1, Math.floor(settings.databasePoolSize / 2)));
  }

  /** How the pool is used; all are 0 while there is none. */
  get connections(): Connections {
    const pool = this.pool();
    const { totalCount: total = 0, idleCount: idle = 0, waitingCount: waiting = 0 } = pool ?? {};
    return { total, idle, waiting: waiting + this.questions.waiting, max: this.settings.databasePoolSize };
  }

  /**
   * Runs one statement.
   *
   * @throws DatabaseUnavailableError
   */
  async query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return inStatementSpan(statement, () => this.ask<Row>(WRITE_LIMIT_MS, statement));
  }

  /**
   * Answers a question that somebody asks: with at most half of the connections, so that pushes always find one.
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

  /** As {@link read}, for several statements that must see the ledger at one moment. */
  async readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.questions.pass(() =>
      this.withClient(READ_LIMIT_MS, (client) => runTransaction(client, AT_ONE_MOMENT, work)),
    );
  }

  /**
   * Runs `work` in one READ COMMITTED transaction and commits it. After a deadlock or a serialization failure it
   * is run again from its beginning, so it must change nothing but the database.
   *
   * @throws DatabaseUnavailableError, or whatever `work` throws, after the rollback
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactionOnce(work);
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  /**
   * As {@link transaction}, for callers that try again themselves.
   *
   * @throws DatabaseUnavailableError, an error that {@link isRetryable}, or whatever `work` throws, after the rollback
   */
  @InSpan('transaction')
  async transactionOnce<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.withClient(WRITE_LIMIT_MS, (client, hasAnswered) =>
      runTransaction(client, 'BEGIN', work, hasAnswered),
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
    const pool = this.pool();
    if (pool === undefined) throw new DatabaseUnavailableError(new Error('Driver not Connected'));
    // The pool hides the password from being copied.
    const { password } = pool.options;
    return connected({ ...pool.options, password, application_name: name });
  }

  private async ask<Row extends QueryResultRow>(limitMs: number, statement: Statement): Promise<Row[]> {
    return this.withClient(limitMs, (client) => runStatement<Row>(client, statement));
  }

  private pool(): Pool | undefined {
    return (this.dataSource.driver as PostgresDriver).master as Pool | undefined;
  }

  /** @param limitMs from the beginning, or since `work` last said that the server has answered */
  private async withClient<T>(
    limitMs: number,
    work: (client: PoolClient, hasAnswered: () => void) => Promise<T>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    let client: PoolClient | undefined;
    // A connection can break without a word (a failover, a frozen server): then nothing would ever come back on it.
    const limit = setTimeout(() => void client?.end().catch(() => undefined), limitMs);
    try {
      client = (await runner.connect()) as PoolClient;
      return await work(client, () => limit.refresh());
    } catch (error) {
      // A session may stay read-only for as long as it lives, though others could write: the pool drops it.
      if (sqlState(error) === READ_ONLY) await client?.end();
      throw asUnavailable(error);
    } finally {
      clearTimeout(limit);
      await runner.release();
    }
  }
}
