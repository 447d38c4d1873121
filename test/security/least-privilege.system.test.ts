// The service runs as a role that may do what the service does, and nothing else. The roles are those of
// docs/security.md.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool, type QueryResultRow } from 'pg';
import { type Privilege, TABLE_PRIVILEGES } from '../../src/persistence/schema/entities/entities.js';
import { grantsTo } from '../../src/persistence/schema/grants.js';
import { Retention } from '../../src/privacy/retention/retention.js';
import { Completeness } from '../completeness/checked-ledger.js';
import { ToldVendor } from '../completeness/told-vendor.js';
import { everyOperationGoesWell, WITH_VENDOR } from '../contract/requests.js';
import { erased, askFor } from '../privacy/erasing.js';
import { Instance } from '../query/changes/instances.js';
import { whileLocked } from '../support/database.js';
import { contractOf, exchange } from '../support/exchange.js';
import { Follower, TestProvider } from '../support/identity-provider.js';
import { API_KEY, OTHER_PUSH_TOKEN, PUSH_TOKEN, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';
import { statementsOf, TwoRoles } from './two-roles.js';

const DAY_MS = 86_400_000;
const NUMBER = '13900000777';
const roles = new TwoRoles();
const folder = mkdtempSync(join(tmpdir(), 'call-ledger-roles-'));
const cleanUps: (() => Promise<unknown>)[] = [];
const sentFile = join(folder, 'statements');
/** Every statement that was sent as the role of the service. */
const sent = new Set<string>();

let admin: Pool;
let service: ServiceProcess;
let ledger: Omit<TestLedger, 'stop'>;

beforeAll(async () => {
  await roles.setUp();
  admin = new Pool({ connectionString: roles.adminUrl, max: 2 });
  admin.on('error', () => undefined);
});
afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
  await admin.end();
  await roles.remove();
  rmSync(folder, { recursive: true, force: true });
});

const authorization = `Bearer ${API_KEY}`;
const query = async <Row extends QueryResultRow>(text: string, values?: unknown[]) =>
  (await admin.query<Row>(text, values)).rows;

function ledgerOf(url: string): Omit<TestLedger, 'stop'> {
  const request = (path: string, init?: RequestInit) => exchange(url, path, init);
  return {
    url,
    request,
    database: { url: roles.adminUrl, query, drop: () => Promise.resolve() },
    get: (path) => request(path, { headers: { authorization } }),
    push: (body) =>
      request(`/push/${PUSH_TOKEN}/call-reports`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

describe('The service, as a role that may not migrate,', () => {
  it('says what to do while the schema is behind, keeps pushes, and begins when it was done', async () => {
    const vendor = await ToldVendor.listening();
    cleanUps.push(() => vendor.server.close());
    const lost = { detailId: '9001', callId: 'never-pushed' };
    vendor.tasks = [{ taskId: 'task-of-the-vendor', entries: [lost] }];
    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const provider = await TestProvider.start([publicUrl]);
    cleanUps.push(() => provider.stop());
    await provider.has({ ada: { name: 'Ada Example', groups: ['managers'] } });
    service = ServiceProcess.start(folder, port, {
      DATABASE_URL: roles.serviceUrl,
      PUSH_TOKENS: `vendor=${PUSH_TOKEN},other=${OTHER_PUSH_TOKEN}`,
      ADMIN_API_KEY: API_KEY,
      ...ToldVendor.settingsOf(vendor.server.access),
      ...provider.settings(publicUrl),
      RECORDING_ALLOW_HOSTS: WITH_VENDOR.RECORDING_ALLOW_HOSTS,
      LOG_FORMAT: 'json',
      SENT_STATEMENTS: sentFile,
      NODE_OPTIONS: `--import=${new URL('sent-statements.mjs', import.meta.url).href}`,
      // What goes by way of the journal, on a busy machine, is not yet there for whoever asks at once.
      ACK_DEADLINE_MS: '5000',
    });
    cleanUps.push(() => service.end('SIGTERM'));
    await until('the message', () =>
      service.output.includes(`run \\"npm run migrate -- --grant-to ${roles.service}\\"`),
    );
    const body = JSON.stringify([record('before-the-schema')]);
    const push = await fetch(`${service.url}/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body });
    expect(push.status).toBe(200);
    expect((await exchange(service.url, '/health/startup')).status).toBe(503);
    expect(await roles.migrate(roles.ownerUrl, roles.service)).toMatchObject({
      code: 0,
      output: expect.stringContaining(`can run as the role ${roles.service}`),
    });
    await service.ready();
    await contractOf(service.url);
    ledger = ledgerOf(service.url);
    await until('the call', async () => (await ledger.get('/v1/calls/before-the-schema')).status === 200);
  });

  it('can answer every operation', async () => {
    await everyOperationGoesWell({ ...ledger, stop: () => Promise.resolve() });
  });

  it('can let people in', async () => {
    const person = new Follower();
    expect((await person.signIn(ledger.url, 'ada')).status).toBe(303);
    expect((await person.send(`${ledger.url}/v1/calls`)).status).toBe(200);
  });

  it('can check whether anything is missing, and repair it', async () => {
    const completeness = new Completeness((path, init = {}) =>
      ledger.request(path, { ...init, headers: { ...init.headers, authorization } }),
    );
    expect(await completeness.check()).toMatchObject({ status: 'done' });
    expect(await completeness.repair()).toMatchObject({ status: 'done', repaired: 1 });
    expect((await ledger.get('/v1/calls/never-pushed')).body).toMatchObject({ provenance: 'pulled' });
  });

  it('can take corrections, repetitions, broken bodies and what is new in them', async () => {
    for (const duration of [1, 2, 2]) {
      expect((await ledger.push([record('corrected', { duration, callee: NUMBER })])).status).toBe(200);
    }
    const drifting = [record('drifting', { unheardOf: 1, statusCode: '999999' }), { callee: NUMBER }];
    expect((await ledger.push(drifting)).status).toBe(200);
    expect((await ledger.push(`[{"callee": "${NUMBER}"`)).status).toBe(400);
    for (const majorIntent of ['A', 'B'])
      expect((await ledger.push([{ callId: 'corrected', majorIntent }])).status).toBe(200);
    const history = await ledger.get('/v1/calls/corrected/history');
    const revisions = ['note 2', 'note 1', 'report 2', 'report 1'].map((text) => text.split(' '));
    expect(history.body).toMatchObject({
      data: revisions.map(([message, revision]) => ({ message, revision: Number(revision) })),
    });
    expect(await rollupDifferences({ query })).toEqual([]);
  });

  it('can write what the journal took while the tables were locked', async () => {
    const push = await whileLocked(roles.adminUrl, () => ledger.push([record('journalled')]));
    expect(push.status).toBe(200);
    await until('the call', async () => (await ledger.get('/v1/calls/journalled')).status === 200);
  });

  it('can erase a number everywhere', async () => {
    const id = await askFor(ledger.url, NUMBER);
    expect(await erased(ledger.url, id)).toMatchObject({ status: 'done' });
    const { body } = await ledger.get(`/v1/erasures/${id}`);
    expect(body).toMatchObject({ status: 'done' });
    expect((await ledger.get('/v1/calls/corrected')).status).toBe(404);
  });

  it('can sum up all calls, and tell of those that were erased', async () => {
    expect((await ledger.get('/v1/stats/calls?interval=day')).status).toBe(200);
    const changes = await ledger.get('/v1/changes?limit=1000');
    const erasedCall: unknown = expect.objectContaining({ type: 'erased', callId: 'corrected' });
    expect(changes.body).toMatchObject({ data: expect.arrayContaining([erasedCall]) });
  });

  it('can end an export that nobody reads any more in the server', async () => {
    await query(`INSERT INTO calls (call_id, occurred_at, source, answered, revision, first_received_at, last_received_at,
        delivery_id, content_hash, status_msg)
      SELECT 'many-' || i, now(), 'vendor', true, 1, now(), now(), '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f', '',
        repeat(md5(i::text), 20) FROM generate_series(1, 30000) i`);
    const breakingOff = new AbortController();
    const answer = await fetch(`${ledger.url}/v1/exports/calls`, {
      headers: { authorization, 'accept-encoding': 'identity' },
      signal: breakingOff.signal,
    });
    expect(answer.status).toBe(200);
    const sessions = () =>
      query(`SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'call-ledger export%'
        AND datname = current_database()`);
    expect(await sessions()).toHaveLength(1);
    breakingOff.abort();
    await until('the session to end', async () => (await sessions()).length === 0);
  });

  it('can delete what was kept long enough, and note when keys were used', async () => {
    const spy = vi.spyOn(Client.prototype, 'query');
    const instance = await Instance.start(roles.serviceUrl, {
      JOURNAL_DIR: 'off',
      BODY_RETENTION_DAYS: '30',
      CALL_RETENTION_DAYS: '60',
    });
    try {
      const retention = instance.app.get(Retention, { strict: false });
      let done: Awaited<ReturnType<Retention['run']>>;
      // The service's own run may be under way.
      await until('a run of its own', async () => {
        done = await retention.run(Date.now() + 90 * DAY_MS);
        return done !== undefined;
      });
      expect(done?.bodies).toBeGreaterThan(0);
      expect(done?.calls).toBeGreaterThan(0);
      expect(done?.resolvedEntries).toBeGreaterThan(0);
      const left = () => query('SELECT FROM removed_files');
      await until('the files of recordings to be removed', async () => (await left()).length === 0);
    } finally {
      await instance.remove();
      const statements: readonly unknown[] = spy.mock.calls.map(([statement]) => statement);
      spy.mockRestore();
      for (const statement of statements) sent.add(textOf(statement));
    }
  });

  it('was never refused anything, to its end', async () => {
    // The files of recordings that were deleted above.
    await until('the files to go', async () => (await query('SELECT 1 FROM removed_files')).length === 0);
    expect(await service.end('SIGTERM')).toBe(0);
    // Before its rights were granted, it was.
    const sinceReady = service.output.slice(service.output.indexOf('Call Ledger is ready'));
    expect(sinceReady).not.toMatch(/permission denied|must be owner/);
    expect(service.output).not.toContain('"level":"error"');
  });
});

describe('The role of the service', () => {
  it.each([
    ['drop a table', 'DROP TABLE leases'],
    ['make a table', 'CREATE TABLE mine (a int)'],
    ['make a temporary table', 'CREATE TEMP TABLE mine (a int)'],
    ['make a schema', 'CREATE SCHEMA mine'],
    ['make a function', 'CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS $$SELECT 1$$'],
    ['make an extension', 'CREATE EXTENSION pg_trgm'],
    ['change a table', 'ALTER TABLE calls ADD COLUMN mine int'],
    ['disable triggers', 'ALTER TABLE calls DISABLE TRIGGER ALL'],
    ['replace a function', 'ALTER FUNCTION next_delivery_position() RENAME TO mine'],
    ['make an index', 'CREATE INDEX mine ON calls (source)'],
    ['empty a table', 'TRUNCATE calls'],
    ['lock everybody out of a table', 'BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE'],
    ['delete deliveries', 'DELETE FROM deliveries'],
    ['change tasks', "UPDATE tasks SET task_id = ''"],
    ['forget an erasure', 'DELETE FROM erased_calls'],
    ['replace the secret of erasures', "UPDATE secrets SET value = ''"],
    ['delete keys', 'DELETE FROM api_keys'],
    ['claim that a migration was run', "INSERT INTO migrations (timestamp, name) VALUES (1, 'mine')"],
    ['set positions back', "SELECT setval('delivery_positions', 1)"],
    ['read tables of other schemas', 'SELECT * FROM private.notes'],
    ['read password hashes', 'SELECT * FROM pg_authid'],
    ['read files of the server', "SELECT pg_read_file('PG_VERSION')"],
    ['run programs', "COPY (SELECT 1) TO PROGRAM 'true'"],
    ['change the server', 'ALTER SYSTEM SET fsync = off'],
    ['make roles', 'CREATE ROLE mine'],
    ['take over the owner', `SET ROLE ${roles.owner}`],
    ['end the sessions of others', 'SELECT pg_terminate_backend(0)'],
  ])('can not %s', async (_what, statement) => {
    await query('CREATE SCHEMA IF NOT EXISTS private');
    await query('CREATE TABLE IF NOT EXISTS private.notes (a int)');
    const client = new Client({ connectionString: roles.serviceUrl });
    await client.connect();
    try {
      const [own] = await query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const text = statement.replace('pg_terminate_backend(0)', `pg_terminate_backend(${own?.pid ?? 0})`);
      // insufficient_privilege
      await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });

  it('has the privileges that the guide lists, and no others', async () => {
    expect(statementsOf('grants')).toEqual(grantsTo('ledger_service'));
    const granted = await query<{ table: string; privileges: string[] }>(
      `SELECT table_name AS table, array_agg(privilege_type::text ORDER BY privilege_type) AS privileges
        FROM information_schema.role_table_grants WHERE grantee = $1 GROUP BY 1`,
      [roles.service],
    );
    const others = [['migrations', ['SELECT']] as const, ['call_rollups', ['SELECT']] as const];
    const expected = [...others, ...TABLE_PRIVILEGES].map(([table, privileges]) => ({
      table,
      privileges: [...privileges].sort(),
    }));
    const byTable = (a: { table: string }, b: { table: string }) => (a.table < b.table ? -1 : 1);
    expect(granted.sort(byTable)).toEqual(expected.sort(byTable));
  });

  it('lets the log and the metrics tell when a right is missing to keep recordings', async () => {
    await query(`REVOKE UPDATE ON call_recordings FROM ${roles.service}`);
    await query(`GRANT UPDATE (tries, next_try_at) ON call_recordings TO ${roles.service}`);
    const audio = createServer((_request, response) => response.end('RIFF'));
    await once(audio.listen(0, '127.0.0.1'), 'listening');
    const { port } = audio.address() as AddressInfo;
    const restricted = await ServiceProcess.start(folder, await freePort(), {
      ...ACCESS,
      DATABASE_URL: roles.serviceUrl,
      RECORDING_ALLOW_HOSTS: '127.0.0.1',
    }).ready();
    try {
      await restricted.push([{ callId: 'unkept', recordFile: `http://127.0.0.1:${port}/unkept.wav` }]);
      await until('the message', () =>
        /can not be kept: permission denied for table call_recordings/.test(restricted.output),
      );
      const metrics = await fetch(`${restricted.url}/metrics`);
      expect(await metrics.text()).toMatch(/recording_downloads_total\{outcome="unkept"\} [1-9]/);
      const left = await query("SELECT state, reason FROM call_recordings WHERE call_id = 'unkept'");
      expect(left).toEqual([{ state: 'announced', reason: null }]);
    } finally {
      await restricted.end('SIGTERM');
      audio.close();
    }
  });

  it('loses what it no longer needs at the next migration, and the owner is not made one of them', async () => {
    await query(`GRANT TRUNCATE, DELETE ON tasks TO ${roles.service}`);
    expect((await roles.migrate(roles.ownerUrl, roles.service)).code).toBe(0);
    const left = await query(
      `SELECT privilege_type FROM information_schema.role_table_grants
        WHERE grantee = $1 AND table_name = 'tasks' ORDER BY 1`,
      [roles.service],
    );
    expect(left).toEqual([{ privilege_type: 'INSERT' }, { privilege_type: 'SELECT' }]);
    const own = await roles.migrate(roles.ownerUrl, roles.owner);
    expect(own).toMatchObject({ code: 1, output: expect.stringContaining('owns the tables') });
  });

  it('is granted for each table what the service has done with it above, and no more', () => {
    const lines = readFileSync(sentFile, 'utf8').trim().split('\n');
    for (const line of lines) sent.add(String(JSON.parse(line)));
    const used = [...TABLE_PRIVILEGES.keys()].map((table) => [table, ...privilegesUsedOn(table)]);
    expect(used).toEqual([...TABLE_PRIVILEGES].map(([table, privileges]) => [table, ...privileges]));
  });
});

/** By the statements that were sent; a condition on a table reads it. */
function privilegesUsedOn(table: string): Privilege[] {
  const name = `"?${table}"?\\b`;
  // Statistics read the rollups through the view.
  const read = table === 'rollups' ? '"?(?:call_)?rollups"?\\b' : name;
  const done: readonly [Privilege, RegExp][] = [
    ['SELECT', new RegExp(`(?:FROM|JOIN) ${read}`)],
    ['INSERT', new RegExp(`INSERT INTO ${name}`)],
    ['UPDATE', new RegExp(`UPDATE ${name}|INSERT INTO ${name}[^]*DO UPDATE`)],
    ['DELETE', new RegExp(`DELETE FROM ${name}`)],
  ];
  return done.flatMap(([privilege, how]) => ([...sent].some((text) => how.test(text)) ? [privilege] : []));
}

function textOf(statement: unknown): string {
  if (typeof statement === 'object' && statement !== null && 'text' in statement)
    return String(statement.text);
  return String(statement);
}
