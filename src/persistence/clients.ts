// Connections to either server: how they are made apart from a pool, and how they run a statement or a transaction.
import { Client, type ClientConfig, type PoolClient, type QueryResultRow } from 'pg';
import { inStatementSpan } from '../tracing/spans.js';
import type { Statement, Transaction } from './statement.js';
import { beginOn, isThroughPooler } from './session.js';
import { asUnavailable } from './unavailable.js';

/** Begins a transaction whose statements see the ledger at one moment. */
export const AT_ONE_MOMENT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

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
  client: PoolClient,
  statement: Statement,
): Promise<Row[]> {
  if (!isThroughPooler(client)) return (await client.query<Row>({ ...statement })).rows;
  // Alone it would have no time-outs.
  return runTransaction(client, 'BEGIN', async () => (await client.query<Row>(unnamed(statement))).rows);
}

/** Runs work in a transaction on a connection that nobody else uses meanwhile. */
export async function runTransaction<T>(
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
