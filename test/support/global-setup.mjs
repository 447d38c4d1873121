// Before all tests: a real PostgreSQL with databases to clone from. One of their own in a temporary folder, or the one that
// TEST_DATABASE_URL names.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../dist/src/persistence/connections/data-source-options.js';
import { EmbeddedPostgres } from '../../dist/embedded-postgres/embedded-postgres.js';
import { migrate } from '../../dist/src/persistence/schema/migrator.js';
import teardown from './global-teardown.mjs';
import { OWN_SERVER_TESTS } from './own-server-tests.mjs';
import { makeTemplates, nodesOf } from './nodes.mjs';
import { descendantsOf, signalIfAlive } from './signals.mjs';

function ownServer() {
  const server = new EmbeddedPostgres({
    dataDirectory: mkdtempSync(join(tmpdir(), 'call-ledger-test-')),
    password: 'of-the-tests',
    // Hundreds of databases are cloned. With less in the log, that takes half of the time.
    settings: { max_connections: '300', wal_level: 'minimal', max_wal_senders: '0' },
    log: () => undefined,
  });
  return { server, started: server.start() };
}

function givenServer(url) {
  console.log(
    `The tests run against TEST_DATABASE_URL. SKIPPED, because they start servers of their own, or stop, kill and fill them:\n` +
      OWN_SERVER_TESTS.map((path) => `  ${path}`).join('\n'),
  );
  return { started: Promise.resolve(url) };
}

async function migrated(url) {
  const dataSource = new DataSource(dataSourceOptions(url, 2, () => undefined));
  await dataSource.initialize();
  await migrate(dataSource, process.env.DATABASE_DISTRIBUTED === 'citus' ? 'citus' : undefined);
  await dataSource.destroy();
}

/** Whoever ends the tests, by Ctrl-C or as CI does, finds nothing of theirs running, and no folder. */
function endWhenInterrupted() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // Vitest's own would end this process at once.
    process.removeAllListeners(signal);
    process.once(signal, () => {
      // The workers and the services that they have started would go on, if the signal went to this process alone.
      for (const pid of descendantsOf(process.pid)) signalIfAlive(pid, 'SIGTERM');
      void teardown().finally(() => process.exit(128 + constants.signals[signal]));
    });
  }
}

/** @throws whatever keeps the database from being ready */
async function prepare(own) {
  const url = await own.started;
  const nodes = await nodesOf(url);
  // Others may run their tests on a given server at the same time.
  const templates = await makeTemplates(nodes, `_${randomUUID().slice(0, 8)}`, migrated);
  process.env.TEST_DATABASE_URL = url;
  process.env.TEST_DATABASE_NODES = JSON.stringify(nodes);
  process.env.TEST_DATABASE_TEMPLATES = JSON.stringify(templates);
  globalThis.testServer = { ...own, nodes, templates };
}

export default async function setup() {
  // Of all that this run of the tests writes.
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-tests-'));
  // As to the folder it is in: PostgreSQL is run by other users, too.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  process.env.TEST_SEED ??= String(Math.floor(Math.random() * 1e9));
  console.log(`TEST_SEED=${process.env.TEST_SEED} repeats the samples of this run.`);
  const given = process.env.TEST_DATABASE_URL;
  const own = { folder, ...(given === undefined ? ownServer() : givenServer(given)) };
  globalThis.testServer = own;
  endWhenInterrupted();
  try {
    await prepare(own);
  } catch (error) {
    // Vitest does not, when this fails.
    await teardown();
    throw error;
  }
  return teardown;
}
