// A fresh database for a test file, cloned from a template: on every node, where the tests are given a cluster.
import { randomUUID } from 'node:crypto';
import { Client, Pool, type QueryResultRow } from 'pg';
import { cloneDatabase, dropDatabase, onNodes, urlOf } from './nodes.mjs';

export interface TestDatabase {
  readonly url: string;
  /** Asks the database directly, past the service. */
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error('the tests are run by npm test, which starts their database');
  return value;
}

async function create(
  name: string,
  nodes: string[],
  content: 'ledger' | 'empty' | TestDatabase,
): Promise<void> {
  if (typeof content !== 'string') return cloneDatabase(nodes, new URL(content.url).pathname.slice(1), name);
  const templates = JSON.parse(given('TEST_DATABASE_TEMPLATES')) as Record<typeof content, string>;
  await onNodes(nodes, `CREATE DATABASE ${name} TEMPLATE ${templates[content]}`);
}

/**
 * @param content what is in it: a migrated ledger, distributed where the tests are given DATABASE_DISTRIBUTED, or nothing, or
 * what is in another one, whose connections are ended
 */
export async function createDatabase(
  content: 'ledger' | 'empty' | TestDatabase = 'ledger',
): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const nodes = JSON.parse(given('TEST_DATABASE_NODES')) as string[];
  await create(name, nodes, content);
  const url = urlOf(given('TEST_DATABASE_URL'), name);
  const pool = new Pool({ connectionString: url, max: 4 });
  // Ends connections by force: a test may drop the database while some are open.
  pool.on('error', () => undefined);
  return {
    url,
    async query<Row extends QueryResultRow>(text: string, values?: unknown[]) {
      return (await pool.query<Row>(text, values)).rows;
    },
    async drop() {
      await pool.end();
      await dropDatabase(nodes, name);
    },
  };
}

/** Nobody can read or write the calls of a database meanwhile, so that the journals take all. */
export async function whileLocked<T>(url: string, work: () => Promise<T>): Promise<T> {
  const locker = new Client({ connectionString: url });
  await locker.connect();
  try {
    await locker.query('BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
    return await work();
  } finally {
    await locker.end();
  }
}
