// Before all tests: one real PostgreSQL in a temporary folder, with a migrated database to clone from.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../dist/persistence/data-source-options.js';
import { EmbeddedPostgres } from '../../dist/persistence/embedded/embedded-postgres.js';
import { migrate } from '../../dist/persistence/migrator.js';

const TEMPLATE = 'ledger_template';

export default async function setup() {
  const directory = mkdtempSync(join(tmpdir(), 'call-ledger-test-'));
  const server = new EmbeddedPostgres({
    dataDirectory: directory,
    password: 'of-the-tests',
    settings: { max_connections: '300' },
    log: () => undefined,
  });
  const url = await server.start();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const templateUrl = url.replace(/[^/]*$/, TEMPLATE);
  const dataSource = new DataSource(dataSourceOptions(templateUrl, 2, () => undefined));
  await dataSource.initialize();
  await migrate(dataSource);
  await dataSource.destroy();
  process.env.TEST_DATABASE_URL = url;
  globalThis.testServer = { server, directory };
}
