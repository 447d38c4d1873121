// Connections to either server: how they are made beside a pool, and how they run a statement or a transaction.
import { Client, type ClientConfig, type QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { inStatementSpan } from '../tracing/spans.js';
import { beginOn, isThroughPooler } from './session.js';
import type { Statement, Transaction } from './statement.js';
import { asUnavailable } from './unavailable.js';

/** Begins a transaction whose statements see the ledger at one moment. */
export const AT_ONE_MOMENT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** A connection of the pool, as `pg` and as TypeORM have it. */
export interface Connection {
  readonly client: Client;
  readonly manager: EntityManager;
}

/** TypeORM does not say what its connections are. */
export function clientOf(connection: unknown): Client {
  if (connection instanceof Client) return connection;
  throw new TypeError("TypeORM's connection is none of pg");
}

/** @throws DatabaseUnavailableError */
export async function connected(options: ClientConfig): Promise<Client> {
  const client = new Client(options);
  // Whatever is under way on the connection is told too.
  client.on('error', () => undefined);
  try {
    return await client.connect();
  } catch (error) {
    throw asUnavailable(error);
  }
}

/** Runs one statement. */
export async function runStatement<Row extends QueryResultRow>(
  { client }: Connection,
  statement: Statement,
): Promise<Row[]> {
  const sent = isThroughPooler(client) ? unnamed(statement) : { ...statement };
  return withTimeOuts(client, async () => (await client.query<Row>(sent)).rows);
}

/** Runs work that sends one statement by TypeORM. */
export async function runEntityWork<T>(
  { client, manager }: Connection,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return withTimeOuts(client, () => work(manager));
}

/** Runs work in a transaction on a connection that nobody else uses meanwhile. */
export async function runTransaction<T>(
  { client, manager }: Connection,
  begin: string,
  work: (transaction: Transaction) => Promise<T>,
  hasAnswered: () => void = () => undefined,
): Promise<T> {
  const prepares = !isThroughPooler(client);
  const transaction: Transaction = {
    manager,
    async query<Row extends QueryResultRow>(statement: Statement) {
      const sent = prepares ? statement : unnamed(statement);
      const answer = await inStatementSpan(statement, () => client.query<Row>(sent));
      hasAnswered();
      return answer;
    },
  };
  return inTransaction(client, begin, () => work(transaction));
}

/** A statement that goes through a pooler has time-outs only in a transaction that brings them. */
function withTimeOuts<T>(client: Client, work: () => Promise<T>): Promise<T> {
  return isThroughPooler(client) ? inTransaction(client, 'BEGIN', work) : work();
}

/** TypeORM's own `startTransaction` would need a statement more for the isolation level, and another one for the time-outs. */
async function inTransaction<T>(client: Client, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(beginOn(client, begin));
  try {
    const result = await work();
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
