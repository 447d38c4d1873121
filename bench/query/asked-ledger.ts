// A ledger of some size, with a service in front of it, and the means to ask both.
import { Client } from 'pg';
import type { Context } from '../context.js';
import { SERVICE } from '../support/paths.js';
import { API_KEY, serve } from '../support/processes.js';
import { PushConnection } from '../support/push-connection.js';
import { type Question, questionsOf } from './questions.js';

export interface AskedLedger {
  readonly calls: number;
  readonly client: Client;
  readonly questions: readonly Question[];
  /** @returns milliseconds until the whole answer is there */
  readonly ask: (path: string) => Promise<number>;
}

export async function askedLedger({ server, ending }: Context, calls: number): Promise<AskedLedger> {
  const url = await server.ledgerToRead(calls);
  const client = new Client({ connectionString: url });
  await client.connect();
  ending.add(() => client.end());
  const environment = { DATABASE_URL: url, JOURNAL_DIR: 'off', QUERY_RATE_LIMIT: '0' };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  let connection = await PushConnection.open(service.port);
  ending.add(() => {
    connection.close();
  });
  const ask = async (path: string): Promise<number> => {
    const request = Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`,
    );
    if (!connection.isFresh) connection = await PushConnection.open(service.port);
    const begin = performance.now();
    const status = await connection.push(request);
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}`);
    return performance.now() - begin;
  };
  return { calls, client, questions: await questionsOf(url, client), ask };
}
