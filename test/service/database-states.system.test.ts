// States of the database in which it takes nothing. With a journal, each push is answered as if nothing were the
// matter.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { ACCESS, freePort, healthOf, ServiceProcess, until } from '../support/service.js';
import { shortenLimit, shortenPauses } from '../support/short-times.js';
import { type DiskUser, SmallDisk } from '../support/small-disk.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** The deadline is at 400 ms. On a busy machine an answer may be late; where nothing ends the wait, all are, and later. */
const VENDOR_TIME_OUT_MS = 700;
const NEVER_MS = 30_000;
const PUSHES = 12;
/** In which a statement must be answered. */
const WRITE_LIMIT_MS = 15_000;
const SERVER_URL = process.env['TEST_DATABASE_URL'] ?? '';

let limitAgain: () => void;
let folder: string;
let ledger: TestLedger | undefined;
let answersMs: number[];
let cleanUps: (() => Promise<unknown>)[];

beforeEach(() => {
  shortenPauses();
  limitAgain = shortenLimit(WRITE_LIMIT_MS, 3000);
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-states-'));
  ledger = undefined;
  answersMs = [];
  cleanUps = [];
});
afterEach(async () => {
  vi.restoreAllMocks();
  limitAgain();
  await ledger?.stop();
  for (const cleanUp of cleanUps) await cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

async function start(through?: (url: string) => Promise<string>): Promise<TestLedger> {
  const environment = { ACK_DEADLINE_MS: '400', JOURNAL_DIR: join(folder, 'journal') };
  const started = await startLedger(environment, through);
  ledger = started;
  await pushAll(started, 'before');
  return started;
}

/** Pushes some records, one after the other. All must be acknowledged. */
async function pushAll(to: TestLedger, name: string, changes?: Record<string, unknown>): Promise<void> {
  for (let index = 0; index < PUSHES; index += 1) {
    const begin = performance.now();
    const { status } = await to.push([record(`${name}-${index}`, changes)]);
    answersMs.push(performance.now() - begin);
    expect([name, index, status]).toEqual([name, index, 200]);
  }
}
/** Breaks every connection to the database but the asking one, as a failover does. */
function breakConnections(database: TestDatabase): Promise<unknown> {
  return database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'call-ledger'`,
  );
}

async function countOf(database: TestDatabase, table: string): Promise<number> {
  const [row] = await database.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count);
}

/** Waits until everything is in the ledger, by its own way. */
async function expectAll({ database }: TestLedger, ...names: readonly string[]): Promise<void> {
  await until('all calls', async () => (await countOf(database, 'calls')) === names.length * PUSHES);
  await until('the sums', async () => (await rollupDifferences(database)).length === 0);
  const ways = await database.query<{ via: string }>('SELECT DISTINCT via FROM deliveries ORDER BY via');
  expect(ways).toEqual([{ via: 'direct' }, { via: 'journal' }]);
  const slowestMs = Math.max(...answersMs);
  console.log(`slowest answer: ${Math.round(slowestMs)} ms`);
  expect(answersMs.filter((ms) => ms < VENDOR_TIME_OUT_MS).length).toBeGreaterThan(answersMs.length / 2);
  expect(slowestMs).toBeLessThan(NEVER_MS);
}

/** Runs statements past the service, each in a transaction of its own. */
async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

describe('Every push is acknowledged in time, and nothing is missing afterwards, when the database', () => {
  it('has no connection free', async () => {
    // Superusers are never short of connections: the service is given another role.
    const role = `limited_${randomUUID().slice(0, 8)}`;
    const started = await start(async (url) => {
      await run(
        url,
        `CREATE ROLE ${role} LOGIN PASSWORD 'of-the-tests'`,
        `GRANT pg_read_all_data, pg_write_all_data TO ${role}`,
      );
      cleanUps.push(() => run(SERVER_URL, `DROP ROLE ${role}`));
      return Object.assign(new URL(url), { username: role, password: 'of-the-tests' }).href;
    });
    await run(started.database.url, `ALTER ROLE ${role} CONNECTION LIMIT 0`);
    await breakConnections(started.database);
    await pushAll(started, 'without');
    await run(started.database.url, `ALTER ROLE ${role} CONNECTION LIMIT -1`);
    await expectAll(started, 'before', 'without');
  });

  it('is read-only after a failover, and its old connections stay so', async () => {
    const started = await start();
    const { database } = started;
    const name = nameOf(database.url);
    await run(SERVER_URL, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await breakConnections(database);
    await pushAll(started, 'read-only');
    // Sessions keep the setting that they began with.
    await run(SERVER_URL, `ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await expectAll(started, 'before', 'read-only');
  });

  it('has a full disk', async () => {
    const disk = await SmallDisk.mount('size=24m,nr_inodes=2000', await serverUser());
    if (disk === undefined) {
      console.warn(
        'SKIPPED: no disk can be mounted here, not even in a namespace (unshare --map-root-user --mount)',
      );
      return;
    }
    cleanUps.push(() => disk.remove());
    const space = `small_${randomUUID().slice(0, 8)}`;
    const started = await start(async (url) => {
      await run(SERVER_URL, `CREATE TABLESPACE ${space} LOCATION '${disk.path}/space'`);
      cleanUps.unshift(() => run(SERVER_URL, `DROP TABLESPACE ${space}`));
      await run(SERVER_URL, `ALTER DATABASE ${nameOf(url)} SET TABLESPACE ${space}`);
      return url;
    });
    await disk.fill();
    // A push is written where there is room in a page; sooner or later one needs another page.
    const big = { outId: 'x'.repeat(100_000) };
    await expect(
      run(started.database.url, `CREATE TABLE big AS SELECT '${big.outId}' FROM generate_series(1, 1000)`),
    ).rejects.toMatchObject({ code: '53100' });
    await pushAll(started, 'full', big);
    await disk.free();
    await expectAll(started, 'before', 'full');
  });

  it('refuses connections', async () => {
    const proxy = await proxied();
    await proxy.refuse();
    const started = current();
    await pushAll(started, 'refused');
    await proxy.acceptAgain();
    await expectAll(started, 'before', 'refused');
  });

  it('is behind a network that drops every packet', async () => {
    const proxy = await proxied();
    proxy.fallSilent();
    const started = current();
    await pushAll(started, 'dropped');
    proxy.speakAgain();
    await expectAll(started, 'before', 'dropped');
  });
});

it('A service that starts while its database is read-only, and still to be migrated, takes pushes, and writes them when it can', async () => {
  const database = await createDatabase('empty');
  cleanUps.push(() => database.drop());
  await run(SERVER_URL, `ALTER DATABASE ${nameOf(database.url)} SET default_transaction_read_only = on`);
  const environment = { ...ACCESS, DATABASE_URL: database.url };
  const service = ServiceProcess.start(join(folder, 'data'), await freePort(), environment);
  cleanUps.unshift(() => service.end('SIGKILL'));
  await until('the service to take pushes', async () => (await healthOf(service.url)) !== undefined);
  expect((await service.push([record('early')])).status).toBe(200);
  await run(SERVER_URL, `ALTER DATABASE ${nameOf(database.url)} RESET default_transaction_read_only`);
  await service.ready();
  await service.has('early');
  expect(await service.end('SIGTERM')).toBe(0);
});

/** Starts a ledger that reaches its database through a proxy. */
async function proxied(): Promise<TcpProxy> {
  const proxy = await TcpProxy.before(Number(new URL(SERVER_URL).port));
  cleanUps.push(() => proxy.refuse());
  await start((url) => Promise.resolve(proxy.through(url)));
  return proxy;
}

function current(): TestLedger {
  if (ledger === undefined) throw new Error('there is no ledger');
  return ledger;
}

/** Whom the server's files belong to: another user when the tests are run as root. */
async function serverUser(): Promise<DiskUser> {
  const client = new Client({ connectionString: SERVER_URL });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  await client.end();
  const { uid, gid } = statSync(rows[0]?.data_directory ?? '');
  return { uid, gid };
}
