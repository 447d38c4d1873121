// An embedded ledger with rows in every table is moved by the program that operators run, broken off, refused, and used
// where it was moved to.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, type QueryResultRow } from 'pg';
import { MOVED_TABLES } from '../../src/persistence/commands/move/ledger-copy.js';
import type { VendorApiServer } from '../../simulator/vendor-api/vendor-api-server.js';
import { Completeness, serveVendor, vendorSettings } from '../completeness/checked-ledger.js';
import { campaignOptions } from '../simulator/example-options.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { embeddedUrl, freePort, ServiceProcess, until } from '../support/service.js';
import { usedDataDir } from '../support/templates.js';

const PROGRAM = fileURLToPath(new URL('../../dist/src/persistence/commands/move/main.js', import.meta.url));
const ERASED = '13900000000';
/** Of each table, how many rows there are and a digest of them all. */
type Contents = Readonly<Record<string, string>>;

/** What goes by way of the journal, on a busy machine, is not yet there for whoever asks at once. */
const WITHOUT_HASTE = { ACK_DEADLINE_MS: '20000' };

let folder: string;
let vendor: VendorApiServer;
let service: ServiceProcess;
let databases: TestDatabase[] = [];
let cursor: string;
let contents: Contents;
let moved: TestDatabase;
let customKey: string;
const dataDir = () => join(folder, 'data');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-move-'));
  await usedDataDir(dataDir());
  vendor = await serveVendor(campaignOptions({ calls: 3, tasks: 1, unpushed: 1 }));
  vendor.finish();
  service = ServiceProcess.start(dataDir(), await freePort(), {
    ...WITHOUT_HASTE,
    ...vendorSettings(vendor.url),
    ...{ RECORDING_STORE: 'off', WEBHOOK_ALLOW_HOSTS: '127.0.0.1' },
  });
  await service.ready();
  await fillEveryTable();
  const page = (await service.get('/v1/changes?limit=2')) as { nextCursor: string };
  cursor = page.nextCursor;
  const client = new Client({ connectionString: embeddedUrl(dataDir()) });
  await client.connect();
  contents = await contentsOf({
    query: async <Row extends QueryResultRow>(text: string) => (await client.query<Row>(text)).rows,
  });
  await client.end();
});
afterAll(async () => {
  await service.end('SIGTERM');
  await vendor.close();
  for (const database of databases) await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function database(content: 'ledger' | 'empty' = 'ledger'): Promise<TestDatabase> {
  const made = await createDatabase(content);
  databases = [...databases, made];
  return made;
}

const headers = () => ({
  authorization: `Bearer ${service.credentials.adminApiKey}`,
  'content-type': 'application/json',
});

function post(path: string, body: object): Promise<Response> {
  return fetch(`${service.url}${path}`, { method: 'POST', headers: headers(), body: JSON.stringify(body) });
}

async function fillEveryTable(): Promise<void> {
  const calls = ['a', 'b', 'c', 'd'].map((callId) => record(callId, { callee: '13911110000' }));
  await service.push([...calls, { stray: 'with \\ and \t and \u{1f4de}' }, record('gone')]);
  await service.push([record('a', { callee: '13911110000', duration: 7, novel: { deep: [null, '\n'] } })]);
  customKey = (
    (await (await post('/v1/api-keys', { name: 'CRM', scopes: ['calls:read'] })).json()) as { key: string }
  ).key;
  const asked = await post('/v1/erasures', { number: ERASED, reason: 'asked for' });
  const { id } = (await asked.json()) as { id: string };
  await until('the erasure', async () => {
    const { status } = (await service.get(`/v1/erasures/${id}`)) as { status: string };
    return status === 'done';
  });
  const completeness = new Completeness(async (path, { method = 'GET', body = null } = {}) => {
    const answer = await fetch(`${service.url}${path}`, { method, body, headers: headers() });
    return { status: answer.status, body: await answer.json() };
  });
  expect(await completeness.check()).toMatchObject({ status: 'done' });
  expect(await completeness.allMissing()).toHaveLength(3);
  await fillMessages();
}

/** Notes and recordings, and what people and other systems have made. */
async function fillMessages(): Promise<void> {
  for (const majorIntent of ['B', 'A'])
    await service.push([
      { callId: 'a', majorIntent },
      { callId: 'b', recordFile: 'http://127.0.0.1:9/b.wav' },
    ]);
  const label = { method: 'PUT', headers: headers(), body: JSON.stringify({ name: 'Spring' }) };
  expect((await fetch(`${service.url}/v1/tasks/task-1/label`, label)).status).toBe(200);
  await service.get('/v1/changes?limit=0&follower=crm');
  const made = await post('/v1/webhooks', { name: 'CRM', url: 'http://127.0.0.1:9/', startAt: 'now' });
  const { id } = (await made.json()) as { id: string };
  await post(`/v1/webhooks/${id}/test`, {});
  const paused = { method: 'PATCH', headers: headers(), body: JSON.stringify({ state: 'paused' }) };
  expect((await fetch(`${service.url}/v1/webhooks/${id}`, paused)).status).toBe(200);
  const client = new Client({ connectionString: embeddedUrl(dataDir()) });
  await client.connect();
  await client.query(
    `INSERT INTO sessions (id, created_at, expires_at, checked_at, secret_hash, subject, name, roles)
      VALUES (gen_random_uuid(), now(), now() + interval '1 hour', now(), sha256('x'), 'ada', 'Ada', '{managers}')`,
  );
  // In the future, so that it is not removed meanwhile.
  await client.query("INSERT INTO removed_files VALUES ('a/b', now() + interval '1 day')");
  await client.end();
}

function move(to: string, ...more: readonly string[]): ChildProcess & { said: () => string } {
  let output = '';
  const child = spawn(process.execPath, [PROGRAM, ...more], {
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir(), DATABASE_URL: to },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return Object.assign(child, { said: () => output });
}

/** @returns the exit code and what was printed */
async function moveToEnd(to: string, ...more: readonly string[]): Promise<{ code: number; said: string }> {
  const child = move(to, ...more);
  const [code] = (await once(child, 'close')) as [number];
  return { code, said: child.said() };
}

async function contentsOf(from: Pick<TestDatabase, 'query'>): Promise<Contents> {
  const digests: Record<string, string> = {};
  for (const table of MOVED_TABLES) {
    const [row] = await from.query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text COLLATE "C")), '') AS digest
        FROM ${table} AS t`,
    );
    digests[table] = row?.digest ?? '';
  }
  return digests;
}

const filledTables = (of: Contents) =>
  Object.entries(of).flatMap(([table, digest]) => (digest.startsWith('0 ') ? [] : [table]));

describe('The program that moves a ledger', () => {
  it('moves nothing while a service runs on it', async () => {
    const empty = await database('empty');
    const { code, said } = await moveToEnd(empty.url);
    expect([code, said]).toEqual([1, expect.stringContaining('in use by another')]);
  });

  it('says what it wants to know, and nothing of a password', async () => {
    expect(await moveToEnd('', '--help')).toEqual({ code: 0, said: expect.stringContaining('--from URL') });
    expect((await moveToEnd('')).code).toBe(2);
    const wrong = await moveToEnd('postgres://u:secret-word@127.0.0.1:1/d', '--from', 'file:///secret-word');
    expect([wrong.code, wrong.said]).toEqual([2, expect.not.stringContaining('secret-word')]);
    const away = await moveToEnd(
      'postgres://u:secret-word@127.0.0.1:1/d',
      '--from',
      'postgres://127.0.0.1:1/d',
    );
    expect([away.code, away.said]).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
    expect(away.said).not.toContain('secret-word');
  });

  it('moves all that the ledger holds, to be used as before: keys, cursors, history', async () => {
    await service.end('SIGTERM');
    moved = await database('empty');
    const begin = performance.now();
    const { code, said } = await moveToEnd(moved.url);
    expect([code, said]).toEqual([0, expect.stringMatching(/ 4 calls\n/)]);
    console.log(`moved within ${((performance.now() - begin) / 1000).toFixed(1)} s:\n${said}`);
    expect(filledTables(contents)).toEqual(MOVED_TABLES);
    expect(await contentsOf(moved)).toEqual(contents);

    const { pushTokens: PUSH_TOKENS, adminApiKey: ADMIN_API_KEY } = service.credentials;
    const access = { ...WITHOUT_HASTE, DATABASE_URL: moved.url, PUSH_TOKENS, ADMIN_API_KEY };
    service = await ServiceProcess.start(dataDir(), await freePort(), access).ready();
    await service.push([record('e', { callee: '13911110000' })]);
    const rest = (await service.get(`/v1/changes?after=${cursor}`)) as { data: Record<string, unknown>[] };
    const told = rest.data.map((change) => change['callId'] ?? (change['call'] as { callId: string }).callId);
    expect(told).toEqual(['gone', 'b', 'a', 'e']);
    const headers = { authorization: `Bearer ${customKey}` };
    expect((await fetch(`${service.url}/v1/calls/a`, { headers })).status).toBe(200);
  });

  it('moves nothing while a service runs on an external ledger, or to where a ledger is', async () => {
    const target = await database();
    const running = await moveToEnd(target.url, '--from', moved.url);
    expect([running.code, running.said]).toEqual([1, expect.stringContaining('Stop it first')]);
    await service.end('SIGTERM');
    await target.query("INSERT INTO tasks VALUES ('task-1', now())");
    const { code, said } = await moveToEnd(target.url, '--from', moved.url);
    expect([code, said]).toEqual([1, expect.stringContaining('not empty. It has rows in tasks.')]);
    expect(filledTables(await contentsOf(target))).toEqual(['tasks']);
    const nothing = await moveToEnd(target.url, '--from', (await database('empty')).url);
    expect([nothing.code, nothing.said]).toEqual([1, expect.stringContaining('no ledger')]);
  });

  it.each([
    ['SIGKILL', null],
    ['SIGINT', 130],
  ] as const)(
    'leaves nothing behind when %s ends it in the middle, and can be started again',
    async (signal, code) => {
      const target = await database();
      const holder = new Client({ connectionString: target.url });
      await holder.connect();
      // The last table waits where all others are copied already.
      const last = MOVED_TABLES.at(-1) ?? '';
      await holder.query(`SELECT pg_advisory_lock(42);
      CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$;
      CREATE TRIGGER hold BEFORE INSERT ON ${last} FOR EACH ROW EXECUTE FUNCTION hold()`);
      const child = move(target.url, '--from', moved.url);
      await until('the last table', async () => {
        const { rowCount } = await holder.query(
          `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return rowCount === 1;
      });
      child.kill(signal);
      expect((await once(child, 'close'))[0]).toBe(code);
      await holder.end();
      // The server notices that its client is gone as soon as it has the lock.
      await until('an empty database', async () => filledTables(await contentsOf(target)).length === 0);
      await target.query(`DROP TRIGGER hold ON ${last}`);
      expect(await moveToEnd(target.url, '--from', moved.url)).toMatchObject({ code: 0 });
      expect(await contentsOf(target)).toEqual(await contentsOf(moved));
    },
  );
});
