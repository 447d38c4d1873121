// The one way to PostgreSQL for the repositories: parameters in, rows out, and one error when it is away.
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { PoolClient, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { errorCode } from '../errors.js';

/** PostgreSQL can't be reached, or can't work now. What was asked may or may not have been done. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the database is not available', { cause });
  }
}

/** A statement with its parameters; a name makes it a prepared one. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
}

/** A connection inside a transaction. */
export interface Transaction {
  query<Row extends QueryResultRow>(statement: Statement): Promise<{ rows: Row[] }>;
}

/** Serialization failures and deadlocks: PostgreSQL's advice is to run the transaction again. */
const RETRYABLE = new Set(['40001', '40P01']);
const MOST_ATTEMPTS = 5;
/** Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention, system errors. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
const READ_ONLY_TRANSACTION = '25006';
const CONNECTION_LOST =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|not queryable|Driver not Connected|pool after calling end/;

@Injectable()
export class Database {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws DatabaseUnavailableError */
  async query<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.withClient(async (client) => (await client.query<Row>({ ...statement })).rows);
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
        return await this.withClient((client) => runTransaction(client, work));
      } catch (error) {
        if (attempt >= MOST_ATTEMPTS || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      }
    }
  }

  private async withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PoolClient;
      return await work(client);
    } catch (error) {
      throw isUnavailable(error) ? new DatabaseUnavailableError(error) : error;
    } finally {
      await runner.release();
    }
  }
}

async function runTransaction<T>(
  client: PoolClient,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work(client);
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

/** The SQLSTATE of an error of PostgreSQL, also when TypeORM has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('driverError' in error) return sqlState(error.driverError);
  return errorCode(error);
}

function isUnavailable(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined && /^E[A-Z]{3,}/.test(code)) return true;
  if (code !== undefined && (UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || code === READ_ONLY_TRANSACTION))
    return true;
  return error instanceof Error && CONNECTION_LOST.test(error.message);
}
