import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { arrive } from '../../src/ingestion/delivery.js';
import { encodeEntry } from '../../src/ingestion/journal/journal-entry.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { samplesOf } from '../support/metrics.js';
import { endLeftOverServer, serverPid, signal, signalIfAlive, withChildren } from '../support/processes.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { ACCESS, freePort, healthOf, ServiceProcess, until } from '../support/service.js';
import { usedDataDir } from '../support/templates.js';

let folder: string;
let services: ServiceProcess[];
const dataDir = () => join(folder, 'data');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-journal-service-'));
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  await endLeftOverServer(dataDir());
  rmSync(folder, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}): Promise<ServiceProcess> {
  const service = ServiceProcess.start(dataDir(), await freePort(), environment);
  services.push(service);
  return service;
}

/** Pushes one record after the other. Returns the slowest answer in milliseconds. */
async function pushEach(service: ServiceProcess, callIds: readonly string[]): Promise<number> {
  let slowest = 0;
  for (const callId of callIds) {
    const begin = Date.now();
    const answer = await service.push([record(callId)]);
    slowest = Math.max(slowest, Date.now() - begin);
    expect([callId, answer.status]).toEqual([callId, 200]);
  }
  return slowest;
}

const ids = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** Elsewhere there is no list of a process's children to be read. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('With a journal, every push is acknowledged', () => {
  it('while the database is killed, and nothing is missing afterwards', async () => {
    await usedDataDir(dataDir());
    const service = await (await start()).ready();
    await pushEach(service, ids('before', 5));
    signal(serverPid(dataDir()), 'SIGKILL');
    await pushEach(service, ids('while', 30));
    await service.ready();
    await pushEach(service, ids('after', 5));
    for (const callId of [...ids('before', 5), ...ids('while', 30), ...ids('after', 5)])
      await service.has(callId);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  onLinux('while the database is frozen, and the service can be killed and started meanwhile', async () => {
    await usedDataDir(dataDir());
    const service = await (await start()).ready();
    await pushEach(service, ids('before', 3));
    // The children of a stopped postmaster go on: they have to be stopped too.
    const frozen = withChildren(serverPid(dataDir()));
    for (const pid of frozen) signalIfAlive(pid, 'SIGSTOP');
    await pushEach(service, ids('frozen', 20));
    await service.end('SIGKILL');
    for (const pid of frozen) signalIfAlive(pid, 'SIGCONT');
    const next = await (await start()).ready();
    for (const callId of [...ids('before', 3), ...ids('frozen', 20)]) await next.has(callId);
    expect(await next.end('SIGTERM')).toBe(0);
  });

  it('before the database is there at all', async () => {
    const database = await createDatabase();
    const { port, pathname } = new URL(database.url);
    expect([port, pathname]).not.toContain('');
    const token = 'a-token-of-the-tests';
    const environment = { PUSH_TOKENS: `vendor=${token}`, ADMIN_API_KEY: 'k'.repeat(40) };
    const away = database.url.replace(`:${port}/`, `:${await freePort()}/`);
    const without = await start({ ...environment, DATABASE_URL: away });
    await until('the service to listen', async () => (await healthOf(without.url)) !== undefined);
    const push = (url: string, callId: string) =>
      fetch(`${url}/push/${token}/call-reports`, { method: 'POST', body: JSON.stringify([record(callId)]) });
    for (const callId of ids('early', 10)) expect((await push(without.url, callId)).status).toBe(200);
    const unreadable = await fetch(`${without.url}/push/${token}/call-reports`, {
      method: 'POST',
      body: 'no JSON',
    });
    expect(unreadable.status).toBe(400);
    const notPacked = await fetch(`${without.url}/push/${token}/call-reports`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: JSON.stringify([record('refused, so no call')]),
    });
    expect(notPacked.status).toBe(400);
    const encoded = await fetch(`${without.url}/push/${token}/call-reports`, {
      method: 'POST',
      headers: { 'content-encoding': 'zstd' },
      body: JSON.stringify([record('refused too')]),
    });
    expect(encoded.status).toBe(415);
    const empty = await fetch(`${without.url}/push/${token}/call-reports`, { method: 'POST', body: '' });
    expect(empty.status).toBe(400);
    expect(await without.end('SIGTERM')).toBe(0);
    await start({ ...environment, DATABASE_URL: database.url });
    await until('all to be drained', async () => (await countOf(database, 'calls')) === 10);
    await until(
      'the refused ones to be quarantined',
      async () => (await countOf(database, 'quarantine')) === 4,
    );
    expect(await countOf(database, 'calls')).toBe(10);
    expect(await rollupDifferences(database)).toEqual([]);
    const ways = await database.query<{ via: string }>('SELECT DISTINCT via FROM deliveries');
    expect(ways).toEqual([{ via: 'journal' }]);
    for (const service of services) await service.end('SIGKILL');
    await database.drop();
  });

  it('while a table is locked, and what came later is never overwritten by what drains late', async () => {
    const database = await createDatabase();
    const token = 'a-token-of-the-tests';
    const service = await start({
      DATABASE_URL: database.url,
      PUSH_TOKENS: `vendor=${token}`,
      ADMIN_API_KEY: 'k'.repeat(40),
    });
    await until('the service', async () => (await healthOf(service.url)) === 'ok');
    const push = (duration: number) =>
      fetch(`${service.url}/push/${token}/call-reports`, {
        method: 'POST',
        body: JSON.stringify([record('locked', { duration })]),
      });
    const locker = new Client({ connectionString: database.url });
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
    for (const duration of [1, 2, 3, 4, 5]) expect((await push(duration)).status).toBe(200);
    await locker.query('COMMIT');
    await locker.end();
    await until('all deliveries', async () => (await countOf(database, 'deliveries')) === 5);
    const rows = await database.query<{ duration: number }>('SELECT duration FROM calls');
    expect(rows).toEqual([{ duration: 5 }]);
    expect(await countOf(database, 'call_revisions')).toBe(4);
    expect(await rollupDifferences(database)).toEqual([]);
    await service.end('SIGTERM');
    await database.drop();
  });
});

it('What a dead process left in the journal is counted from the first answer of /metrics on', async () => {
  const [entries, segments] = [12_000, 8];
  const left = join(dataDir(), 'journal', randomUUID());
  mkdirSync(left, { recursive: true });
  const one = Buffer.concat(encodeEntry(arrive('vendor', null, Buffer.from('[]'), Date.now() - 60_000)));
  for (let segment = 0; segment < segments; segment += 1)
    writeFileSync(join(left, `${randomUUID()}.journal`), Buffer.concat(Array<Buffer>(entries).fill(one)));
  const away = `postgres://nobody:nothing@127.0.0.1:${await freePort()}/nowhere`;
  const service = await start({ ...ACCESS, DATABASE_URL: away });
  let metrics: string | undefined;
  await until('the first answer of /metrics', async () => {
    metrics = await fetch(`${service.url}/metrics`).then(
      (answer) => answer.text(),
      () => undefined,
    );
    return metrics !== undefined;
  });
  const samples = samplesOf(metrics ?? '');
  expect(samples.get('call_ledger_journal_entries')).toBe(entries * segments);
  expect(samples.get('call_ledger_journal_oldest_entry_age_seconds')).toBeGreaterThan(59);
  await service.end('SIGKILL');
});

async function countOf(database: TestDatabase, table: string): Promise<number> {
  const [row] = await database.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
  return Number(row?.count);
}
