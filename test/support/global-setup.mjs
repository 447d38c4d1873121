// Before all tests: a real PostgreSQL with databases to clone from. One of their own in a temporary folder, or the one that
// TEST_DATABASE_URL names.
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../dist/persistence/data-source-options.js';
import { EmbeddedPostgres } from '../../dist/persistence/embedded/embedded-postgres.js';
import { migrate } from '../../dist/persistence/migrator.js';
import { OWN_SERVER_TESTS } from './own-server-tests.mjs';
import { makeTemplates, nodesOf } from './nodes.mjs';

async function ownServer() {
  const directory = mkdtempSync(join(tmpdir(), 'call-ledger-test-'));
  const server = new EmbeddedPostgres({
    dataDirectory: directory,
    password: 'of-the-tests',
    settings: { max_connections: '300' },
    log: () => undefined,
  });
  return { server, directory, url: await server.start() };
}

function givenServer(url) {
  console.log(
    `The tests run against TEST_DATABASE_URL. SKIPPED, because they start servers of their own, or stop, kill and fill them:\n` +
      OWN_SERVER_TESTS.map((path) => `  ${path}`).join('\n'),
  );
  return { url };
}

async function migrated(url) {
  const dataSource = new DataSource(dataSourceOptions(url, 2, () => undefined));
  await dataSource.initialize();
  await migrate(dataSource, process.env.DATABASE_DISTRIBUTED === 'citus' ? 'citus' : undefined);
  await dataSource.destroy();
}

export default async function setup() {
  const given = process.env.TEST_DATABASE_URL;
  const own = given === undefined ? await ownServer() : givenServer(given);
  const nodes = await nodesOf(own.url);
  // Others may run their tests on a given server at the same time.
  const templates = await makeTemplates(nodes, `_${randomUUID().slice(0, 8)}`, migrated);
  process.env.TEST_DATABASE_URL = own.url;
  process.env.TEST_DATABASE_NODES = JSON.stringify(nodes);
  process.env.TEST_DATABASE_TEMPLATES = JSON.stringify(templates);
  globalThis.testServer = { ...own, nodes, templates };
}
