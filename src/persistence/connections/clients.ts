// Makes a connection outside of the pool, and runs a statement or a transaction on a connection.
import { Client, type ClientConfig, Query, type QueryArrayConfig, type QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { inStatementSpan } from '../../tracing/spans.js';
import { beginOn, isThroughPooler } from './session.js';
import { AS_WRITTEN } from '../sql/value-parsers.js';
import type { Reader, Statement, TextRow, Transaction } from './statement.js';
import { asUnavailable } from './unavailable.js';

/** Begins a transaction whose statements see one snapshot of the ledger. */
export const BEGIN_SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** The most characters of rows that nobody takes before their connection is cut off. To read so many takes 0.1 s. */
const MOST_DROPPED = 16 * 1024 * 1024;

/** A connection of the pool, for `pg` and for TypeORM. */
export interface Connection {
  readonly client: Client;
  readonly manager: EntityManager;
}

/**
 * The client of `pg` behind a connection of TypeORM, which has no type for its connections.
 *
 * @throws TypeError if the connection is not a client of `pg`
 */
export function clientOf(connection: unknown): Client {
  if (connection instanceof Client) return connection;
  throw new TypeError('The connection of TypeORM is not a client of pg');
}

/**
 * Makes a new connection.
 *
 * @throws DatabaseUnavailableError
 */
export async function connected(options: ClientConfig): Promise<Client> {
  const client = new Client(options);
  // An error of the connection also rejects the query that runs on it.
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

/** Runs one statement whose values stay in PostgreSQL's text form. */
export async function runForTexts({ client }: Connection, statement: Statement): Promise<TextRow[]> {
  const sent = asTexts(isThroughPooler(client) ? unnamed(statement) : statement);
  return withTimeOuts(client, async () => (await client.query<TextRow>(sent)).rows);
}

/** Runs work that sends one statement with TypeORM. */
export async function runEntityWork<T>(
  { client, manager }: Connection,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return withTimeOuts(client, () => work(manager));
}

/** What is done in a transaction. */
export interface TransactionWork<Found, T> {
  /** The statement that begins the transaction. */
  readonly begin: string;
  /**
   * Reads that are sent together with `begin`, which saves waiting for its answer. If `begin` fails, they run outside of
   * the transaction, and what they found is not used.
   */
  readonly lookUp: (reader: Reader) => Promise<Found>;
  readonly work: (transaction: Transaction, found: Found) => Promise<T>;
}

/** For a transaction that looks nothing up before. */
export const NOTHING = (): Promise<void> => Promise.resolve();

/**
 * Runs work in a transaction, and commits it or rolls it back. Nothing else may use the connection meanwhile.
 *
 * @param hasAnswered is called after each answer of the server
 */
export async function runTransaction<Found, T>(
  { client, manager }: Connection,
  { begin, lookUp, work }: TransactionWork<Found, T>,
  hasAnswered: () => void = () => undefined,
): Promise<T> {
  const prepares = !isThroughPooler(client);
  let isOver = false;
  // When one of several statements fails, others may go on for a while: outside of the transaction, they would be kept.
  const refuseAfterwards = () => {
    if (isOver) throw new Error('the transaction is over');
  };
  const transaction: Transaction = {
    manager,
    async query<Row extends QueryResultRow>(statement: Statement) {
      refuseAfterwards();
      const sent = prepares ? statement : unnamed(statement);
      const answer = await inStatementSpan(statement, () => client.query<Row>(sent));
      hasAnswered();
      return answer;
    },
    async eachText(statement, take) {
      refuseAfterwards();
      const sent = asTexts(prepares ? statement : unnamed(statement));
      await inStatementSpan(statement, () => forEachRow(client, sent, take));
      hasAnswered();
    },
  };
  return inTransaction(
    client,
    begin,
    () => lookUp(transaction),
    (found) => work(transaction, found),
    () => {
      isOver = true;
    },
  );
}

/** Through a pooler, a statement has timeouts only in a transaction that sets them. */
function withTimeOuts<T>(client: Client, work: () => Promise<T>): Promise<T> {
  if (!isThroughPooler(client)) return work();
  return inTransaction(client, 'BEGIN', NOTHING, work);
}

/**
 * Begins the transaction itself, because TypeORM's `startTransaction` would need one more statement for the isolation
 * level and one more for the timeouts.
 *
 * @param ending is called before the transaction is committed or rolled back
 */
async function inTransaction<Found, T>(
  client: Client,
  begin: string,
  lookUp: () => Promise<Found>,
  work: (found: Found) => Promise<T>,
  ending: () => void = () => undefined,
): Promise<T> {
  const begun = client.query(beginOn(client, begin));
  try {
    const [found] = await Promise.all([lookUp(), begun]);
    const result = await work(found);
    ending();
    // The connection may have been cut off. What was only read needs no commit, and the pool drops a client that is ending.
    if (begin === BEGIN_SNAPSHOT && isCutOff(client)) await client.end();
    else await client.query('COMMIT');
    return result;
  } catch (error) {
    ending();
    await client.query('ROLLBACK').catch(async () => {
      // The state of the connection is unknown. The pool drops a client that is ending.
      await client.end();
    });
    throw error;
  }
}

/**
 * Gives the rows of a query, until no more are taken or `take` throws. What follows is dropped. If that is too much, the
 * connection is cut off.
 *
 * @throws the first error, of `take` or of the query
 */
async function forEachRow(
  client: Client,
  sent: QueryArrayConfig,
  take: (row: TextRow) => boolean,
): Promise<void> {
  const errors: unknown[] = [];
  let takesMore = true;
  let dropped = 0;
  await new Promise<void>((resolve) => {
    const running = client.query(new Query<TextRow>(sent));
    running.on('row', (row: TextRow) => {
      if (!takesMore) {
        dropped += row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
        if (dropped > MOST_DROPPED) client.connection.stream.destroy();
        return;
      }
      try {
        takesMore = take(row);
      } catch (error) {
        errors.push(error);
        takesMore = false;
      }
    });
    running.on('error', (error) => {
      if (dropped <= MOST_DROPPED) errors.push(error);
      resolve();
    });
    running.on('end', () => {
      resolve();
    });
  });
  if (errors.length > 0) throw errors[0];
}

function isCutOff(client: Client): boolean {
  return client.connection.stream.destroyed;
}

function unnamed({ text, values, types }: Statement): Statement {
  return { text, values, types };
}

function asTexts(statement: Statement): Statement & { readonly rowMode: 'array' } {
  return { ...statement, types: AS_WRITTEN, rowMode: 'array' };
}
