// The one way to PostgreSQL for the repositories: parameters in, rows out, and one error when it is away.
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Client, type CustomTypesConfig, type Pool, type PoolClient, type QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Settings } from '../config/settings.js';
import { errorCode } from '../errors.js';
import { inSpan, inStatementSpan } from '../tracing/spans.js';
import { beginOn, isThroughPooler } from './session.js';
import { Turnstile } from './turnstile.js';

/** PostgreSQL can't be reached, or can't work now. What was asked may or may not have been done. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the database is not available', { cause });
  }
}

/** A statement with its parameters; a name makes it a prepared one, where there is no pooler between. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** How values are read; `pg`'s own ways when not given. */
  readonly types?: CustomTypesConfig;
}

/** A connection inside a transaction. */
export interface Transaction {
  query<Row extends QueryResultRow>(statement: Statement): Promise<{ rows: Row[] }>;
}

/** Serialization failures and deadlocks: PostgreSQL's advice is to run the transaction again. */
const RETRYABLE = new Set(['40001', '40P01']);
const MOST_ATTEMPTS = 5;
/**
 * The server gives up earlier by itself (session.ts); this is for one that does not answer at all. Writes have it
 * for each statement: corrections of 50,000 calls take longer on a slow server, and would never get through the journal.
 */
const WRITE_LIMIT_MS = 15_000;
const READ_LIMIT_MS = 32_000;
/** Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention, system errors. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
/** The server, or the session, is read-only: a standby, a failover, a disk that is nearly full. */
export const READ_ONLY = '25006';
/** A read-only server, a lock that was not had in time, and tables that are still to be migrated. */
const UNAVAILABLE_STATES = new Set([READ_ONLY, '55P03', '42P01']);
const CONNECTION_LOST =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|not queryable|Driver not Connected|pool after calling end/;

/** The connections of the pool. */
export interface Connections {
  readonly total: number;
  readonly idle: number;
  /** Works that wait for one. */
  readonly waiting: number;
  readonly max: number;
}

@Injectable()
export class Database {
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
    return { total, idle, waiting, max: this.settings.databasePoolSize };
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

  /** As {@link read}, for several statements that must see the ledger at one moment. */
  async readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
    return this.questions.pass(() =>
      this.withClient(READ_LIMIT_MS, (client) => runTransaction(client, begin, work)),
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
        return await inSpan('transaction', {}, () =>
          this.withClient(WRITE_LIMIT_MS, (client, hasAnswered) =>
            runTransaction(client, 'BEGIN', work, hasAnswered),
          ),
        );
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      }
    }
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
    const client = new Client({ ...pool.options, password, application_name: name });
    // Whatever is under way on the connection is told too.
    client.on('error', () => undefined);
    try {
      return await client.connect();
    } catch (error) {
      throw asUnavailable(error);
    }
  }

  private async ask<Row extends QueryResultRow>(limitMs: number, statement: Statement): Promise<Row[]> {
    return this.withClient(limitMs, async (client) => {
      if (!isThroughPooler(client)) return (await client.query<Row>({ ...statement })).rows;
      // Alone it would have no time-outs.
      return runTransaction(client, 'BEGIN', async () => (await client.query<Row>(unnamed(statement))).rows);
    });
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

async function runTransaction<T>(
  client: PoolClient,
  begin: string,
  work: (transaction: Transaction) => Promise<T>,
  hasAnswered: () => void = () => undefined,
): Promise<T> {
  await client.query(beginOn(client, begin));
  const prepares = !isThroughPooler(client);
  try {
    const result = await work({
      async query<Row extends QueryResultRow>(statement: Statement) {
        const sent = prepares ? statement : unnamed(statement);
        const answer = await inStatementSpan(statement, () => client.query<Row>(sent));
        hasAnswered();
        return answer;
      },
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(async () => {
      // In an unknown state: the pool drops a client that is ending instead of lending it again.
      await client.end();
    });
    throw error;
  }
}

function unnamed({ text, values, types }: Statement): Statement {
  return { text, values, types };
}

/** The SQLSTATE of an error of PostgreSQL, also when TypeORM has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('driverError' in error) return sqlState(error.driverError);
  return errorCode(error);
}

/** The error, as {@link DatabaseUnavailableError} when it means that the database is away. */
export function asUnavailable(error: unknown): unknown {
  return isUnavailable(error) ? new DatabaseUnavailableError(error) : error;
}

function isUnavailable(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined && /^E[A-Z]{3,}/.test(code)) return true;
  if (code !== undefined && (UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || UNAVAILABLE_STATES.has(code)))
    return true;
  return error instanceof Error && CONNECTION_LOST.test(error.message);
}
