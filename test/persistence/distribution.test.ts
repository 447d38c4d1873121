import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { LEDGER_LOCKS, MIGRATION_LOCK } from '../../src/persistence/schema/advisory-locks.js';
import { migrations } from '../../src/persistence/schema/migrations/migrations.js';
import { migrate } from '../../src/persistence/schema/migrator.js';
import { orderedId } from '../../src/persistence/sql/ids.js';
import { Follower } from '../query/changes/follower.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { API_KEY } from '../support/ledger.js';
import { urlOf } from '../support/nodes.mjs';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';
import { TwoRoles } from '../security/two-roles.js';
import { HeldCommit, insertCalls } from './held-commit.js';

const [, ...WORKERS] = JSON.parse(process.env['TEST_DATABASE_NODES'] ?? '[]') as string[];
const onCluster = WORKERS.length > 0 ? it : it.skip;
const onTwoWorkers = WORKERS.length > 1 ? it : it.skip;
if (WORKERS.length === 0)
  console.warn('SKIPPED: what needs a Citus cluster, which TEST_DATABASE_URL may name');

/**
 * The name of a prepared transaction, as Citus gives them: of a node that no cluster has, so that none finds out its
 * end. Others may run these tests on the same cluster.
 */
const IN_DOUBT = `citus_2147483647_${process.pid}_${randomInt(2 ** 47)}_0`;

let cleanUps: (() => unknown)[];

beforeEach(() => {
  cleanUps = [];
});
afterEach(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createDatabase('empty');
  cleanUps.push(() => database.drop());
  return database;
}

async function serve({ url }: TestDatabase): Promise<Instance> {
  const instance = await Instance.start(url, { ACK_DEADLINE_MS: '20000', JOURNAL_DIR: 'off' });
  cleanUps.unshift(() => instance.remove());
  return instance;
}

function askChanges(url: string, question = ''): Promise<Response> {
  return fetch(`${url}/v1/changes${question}`, { headers: { authorization: `Bearer ${API_KEY}` } });
}

async function startProcess(environment: Record<string, string>): Promise<ServiceProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-citus-'));
  const service = ServiceProcess.start(folder, await freePort(), { ...ACCESS, ...environment });
  cleanUps.unshift(async () => {
    await service.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return service;
}

async function migrated({ url }: TestDatabase, distribution?: 'citus'): Promise<string[]> {
  const dataSource = await new DataSource(dataSourceOptions(url, 2, () => undefined)).initialize();
  try {
    return await migrate(dataSource, distribution);
  } finally {
    await dataSource.destroy();
  }
}

describe('DATABASE_DISTRIBUTED=citus', () => {
  it('ends a service whose database has no Citus, with the reason', async () => {
    // Made from the server's own template: without the extension on a cluster, too.
    const roles = new TwoRoles();
    cleanUps.push(() => roles.remove());
    await roles.setUp();
    const service = await startProcess({ DATABASE_URL: roles.ownerUrl, DATABASE_DISTRIBUTED: 'citus' });
    expect(await service.exit()).toBe(1);
    expect(service.output).toContain('DATABASE_DISTRIBUTED=citus needs the extension citus in this database');
  });

  onCluster('spreads a ledger that is there, once, and the service goes on with all it had', async () => {
    const database = await emptyDatabase();
    expect(await migrated(database)).toHaveLength(migrations.length);
    const before = await serve(database);
    const names = Array.from({ length: 300 }, (_, index) => `call-${index}`);
    await before.push(names.map((name) => record(name)));
    await before.push(names.slice(0, 20).map((name) => record(name, { duration: 7 })));
    const follower = new Follower();
    await follower.step(before.url, { limit: 10 });
    await before.end();

    expect(await migrated(database, 'citus')).toEqual(['DistributeCalls']);
    expect(await migrated(database, 'citus')).toEqual([]);
    const [local] = await database.query(
      `SELECT pg_relation_size('calls')::int AS calls, pg_relation_size('call_revisions')::int AS revisions`,
    );
    expect(local).toEqual({ calls: 0, revisions: 0 });
    const nodes = await database.query(
      `SELECT DISTINCT nodeport FROM citus_shards WHERE table_name = 'calls'::regclass AND shard_size > 0`,
    );
    expect(nodes).toHaveLength(WORKERS.length);

    await before.start();
    await before.push([record('call-0', { duration: 8 }), record('new')]);
    await follower.catchUp(before.url);
    expect(follower.copy.size).toBe(301);
    expect(follower.copy.get('call-0')).toMatchObject({ duration: 8 });
    expect(follower.copy.get('call-1')).toMatchObject({ duration: 7 });
    const revisions = await database.query(`SELECT revision FROM call_revisions WHERE call_id = 'call-0'`);
    expect(revisions.map(({ revision }) => revision as number).sort()).toEqual([1, 2]);
    expect(await rollupDifferences(database)).toEqual([]);
  });

  onCluster('tells no change before the nodes show what the coordinator has committed', async () => {
    const database = await emptyDatabase();
    await migrated(database, 'citus');
    const instance = await serve(database);
    await instance.push([record('before')]);
    const writer = new Client({ connectionString: database.url });
    await writer.connect();
    cleanUps.unshift(() => writer.end());
    // As it is between the two phases of a commit: the delivery is there, its call is not, and the writer has its
    // locks.
    await writer.query('BEGIN');
    const { rows } = await writer.query<{ position: string }>('SELECT next_delivery_position() AS position');
    const delivery = orderedId(Date.now());
    await insertCalls(writer, delivery, ['late']);
    await database.query(
      `INSERT INTO deliveries (id, position, received_at, bytes, records, stored, corrected, duplicate, quarantined, ack_ms,
         source, via, sha256) VALUES ($1, $2, now(), 1, 1, 1, 0, 0, 0, 1, 'vendor', 'direct', '\\x00')`,
      [delivery, rows[0]?.position],
    );
    const follower = new Follower();
    const following = follower.catchUp(instance.url);
    await until('the feed to wait for the writer', async () => {
      const waiting = await database.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return waiting.length > 0;
    });
    await writer.query('COMMIT');
    await following;
    expect([...follower.copy.keys()].sort()).toEqual(['before', 'late']);
  });

  onCluster(
    'corrects a call as it is, not as it was before a worker was lost while it committed',
    async () => {
      const database = await emptyDatabase();
      await migrated(database, 'citus');
      const instance = await serve(database);
      await instance.push([record('corrected')]);
      const [shard] = await database.query<{ name: string; port: number }>(
        `SELECT shard_name AS name, nodeport AS port FROM citus_shards WHERE table_name = 'calls'::regclass
         AND shardid = get_shard_id_for_distribution_column('calls', 'corrected')`,
      );
      const node = WORKERS.find((url) => new URL(url).port === String(shard?.port));
      const worker = new Client({
        connectionString: urlOf(node ?? '', new URL(database.url).pathname.slice(1)),
      });
      await worker.connect();
      cleanUps.unshift(() => worker.end());
      await worker.query(`BEGIN; SET citus.enable_manual_changes_to_shards = on;
      UPDATE ${shard?.name ?? ''} SET revision = 2 WHERE call_id = 'corrected'`);
      await worker.query(`PREPARE TRANSACTION '${IN_DOUBT}'`);
      const pushed = instance.push([record('corrected', { duration: 1 })]);
      await until('the correction to wait for the worker', async () => {
        const waiting = await worker.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'`,
        );
        return waiting.rows.length > 0;
      });
      await worker.query(`COMMIT PREPARED '${IN_DOUBT}'`);
      expect((await pushed).status).toBe(200);
      const rows = await database.query(`SELECT revision, duration FROM calls WHERE call_id = 'corrected'`);
      expect(rows).toEqual([{ revision: 3, duration: 1 }]);
    },
  );

  onTwoWorkers(
    'tells no change past a transaction that a worker has prepared and not committed',
    async () => {
      const database = await emptyDatabase();
      await migrated(database, 'citus');
      const instance = await serve(database);
      expect((await instance.push([record('before')])).status).toBe(200);
      const commit = await HeldCommit.begin(database, WORKERS);
      cleanUps.unshift(() => commit.end());
      const refused = await askChanges(instance.url);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
      await commit.end();
      expect((await askChanges(instance.url)).status).toBe(200);
    },
  );

  onTwoWorkers('asks the nodes once for what has been committed by then', async () => {
    const database = await emptyDatabase();
    await migrated(database, 'citus');
    const instance = await serve(database);
    expect((await instance.push([record('before')])).status).toBe(200);
    expect((await askChanges(instance.url)).status).toBe(200);
    const commit = await HeldCommit.begin(database, WORKERS);
    cleanUps.unshift(() => commit.end());
    for (const known of ['', '?after=now']) expect((await askChanges(instance.url, known)).status).toBe(200);
    expect((await instance.push([record('new')])).status).toBe(200);
    for (const unknown of ['', '?after=now'])
      expect((await askChanges(instance.url, unknown)).status).toBe(503);
  });

  onTwoWorkers('tells no change too early while the service starts', async () => {
    const database = await emptyDatabase();
    await migrated(database, 'citus');
    const before = await serve(database);
    expect((await before.push([record('before')])).status).toBe(200);
    await before.end();
    const commit = await HeldCommit.begin(database, WORKERS);
    cleanUps.unshift(() => commit.end());
    // As while another process migrates.
    const migrator = new Client({ connectionString: database.url });
    await migrator.connect();
    cleanUps.unshift(() => migrator.end());
    await migrator.query(`SELECT pg_advisory_lock(${LEDGER_LOCKS}, ${MIGRATION_LOCK})`);
    const service = await startProcess({
      DATABASE_URL: database.url,
      ADMIN_API_KEY: API_KEY,
      JOURNAL_DIR: 'off',
    });
    await until('the service to wait for the migrations', async () => {
      const waiting = await database.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = ${MIGRATION_LOCK}
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return waiting.length > 0;
    });
    const answer = await askChanges(service.url);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: 'The database is not available' });
  });
});
