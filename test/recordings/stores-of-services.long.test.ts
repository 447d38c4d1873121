// Services as processes: which stores they start with, and what becomes of recordings when the store changes.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';

const AUDIO = randomBytes(5000);

let vendor: Server;
let origin: string;
let folder: string;
let database: TestDatabase;
const running: ServiceProcess[] = [];

beforeAll(async () => {
  vendor = createServer((_request, response) => response.end(AUDIO));
  vendor.listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
});
afterAll(() => {
  vendor.closeAllConnections();
  vendor.close();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-stores-'));
  database = await createDatabase();
});
afterEach(async () => {
  for (const service of running.splice(0)) await service.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

const start = async (store: Record<string, string>, on = database, data = 'data') => {
  const service = ServiceProcess.start(join(folder, data), await freePort(), {
    ...ACCESS,
    DATABASE_URL: on.url,
    RECORDING_ALLOW_HOSTS: '127.0.0.1',
    ...store,
  });
  running.push(service);
  return service;
};
const announce = async (service: ServiceProcess, callId: string) => {
  const answer = await service.push([
    record(callId),
    { callId, recordFile: `${origin}/${callId}?Signature=s` },
  ]);
  expect(answer.status).toBe(200);
};
interface Row {
  readonly state: string;
  readonly file: string | null;
}
const rowOf = async (callId: string) => {
  const rows = await database.query<Row>('SELECT state, file FROM call_recordings WHERE call_id = $1', [
    callId,
  ]);
  return rows[0];
};
const becomes = (callId: string, state: string) =>
  until(`the recording ${callId} to be ${state}`, async () => (await rowOf(callId))?.state === state);
const problemOf = (service: ServiceProcess, callId: string) => service.get(`/v1/calls/${callId}/recording`);

it('Recordings that were announced while nothing was kept are downloaded when there is a store', async () => {
  const off = await (await start({ RECORDING_STORE: 'off' })).ready();
  await announce(off, 'one');
  await becomes('one', 'off');
  expect(await problemOf(off, 'one')).toMatchObject({ status: 404, detail: expect.stringContaining('off') });
  await off.end('SIGTERM');
  const on = await (await start({ RECORDING_STORE: join(folder, 'store') })).ready();
  await becomes('one', 'kept');
  await on.end('SIGTERM');
  await database.query(
    "UPDATE call_recordings SET state = 'failed', next_try_at = now() + interval '1 h', file = NULL",
  );
  await (await start({ RECORDING_STORE: 'off' })).ready();
  await becomes('one', 'off');
});

it('Files are removed after their retention time, and stay removed', async () => {
  const store = join(folder, 'store');
  const service = await (await start({ RECORDING_STORE: store, RECORDING_RETENTION_DAYS: '7' })).ready();
  await announce(service, 'old');
  await announce(service, 'young');
  for (const callId of ['old', 'young']) await becomes(callId, 'kept');
  const { file } = (await rowOf('old')) ?? {};
  await database.query(
    "UPDATE call_recordings SET announced_at = now() - interval '8 days' WHERE call_id = 'old'",
  );
  await becomes('old', 'removed');
  await until('the file to go', () => !existsSync(join(store, file ?? '')));
  expect(await problemOf(service, 'old')).toMatchObject({
    status: 404,
    detail: expect.stringContaining('not kept any more'),
  });
  await announce(service, 'old');
  expect(await rowOf('old')).toEqual({ state: 'removed', file: null });
  const young = (await rowOf('young'))?.file ?? '';
  expect(readFileSync(join(store, young)).equals(AUDIO)).toBe(true);
});

it('A service does not start with the store of another ledger, nor with another store than its ledger has', async () => {
  const store = join(folder, 'store');
  const first = await (await start({ RECORDING_STORE: store })).ready();
  await first.end('SIGTERM');
  const elsewhere = await start({ RECORDING_STORE: join(folder, 'elsewhere') });
  expect(await elsewhere.exit()).toBe(1);
  expect(elsewhere.output).toContain('is not the store that this ledger uses');
  const foreign = await start({ RECORDING_STORE: store }, await createDatabase());
  expect(await foreign.exit()).toBe(1);
  expect(foreign.output).toContain('holds the recordings of another ledger');
  await (await start({ RECORDING_STORE: store })).ready();
});

it('Services with folders of their own share a ledger until its first recording is kept', async () => {
  const first = await (await start({})).ready();
  const second = await (await start({}, database, 'other-data')).ready();
  await announce(first, 'one');
  await becomes('one', 'kept');
  const answers = await Promise.all(
    [first, second].map(({ url, credentials: { adminApiKey } }) =>
      fetch(`${url}/v1/calls/one/recording`, { headers: { authorization: `Bearer ${adminApiKey}` } }),
    ),
  );
  // One of them has kept it, in its own folder.
  const statuses = answers.map(({ status }) => status);
  expect([...statuses].sort()).toEqual([200, 503]);
  const [other, data] = statuses[0] === 503 ? [first, 'data'] : [second, 'other-data'];
  const refused = answers.find(({ status }) => status === 503);
  expect(refused?.headers.get('retry-after')).toBe('5');
  expect(await refused?.json()).toMatchObject({
    detail: 'This process can not read the store of the recordings',
  });
  expect(await other.end('SIGTERM')).toBe(0);
  expect(other.output).toContain('is not the store that this ledger uses');
  const third = await start({}, database, data);
  expect(await third.exit()).toBe(1);
  expect(third.output).toContain('is not the store that this ledger uses');
});

it('A service is ready, takes pushes and lets recordings wait while its store can not be reached', async () => {
  const s3 = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'a-secret-of-the-tests' };
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const unreachable = { RECORDING_STORE: 's3://the-bucket', S3_ENDPOINT: endpoint, ...s3 };
  const service = await (await start(unreachable)).ready();
  await announce(service, 'waits');
  await service.has('waits');
  await until('a message', () => service.output.includes('recordings can not be kept at the moment'));
  expect((await rowOf('waits'))?.state).toBe('announced');
  expect(await service.end('SIGTERM')).toBe(0);
  await (await start({ RECORDING_STORE: join(folder, 'store') })).ready();
  await becomes('waits', 'kept');
});

it('A file that the store does not take is told in the log, in the metrics and in the reason', async () => {
  const store = join(folder, 'store');
  const service = await (await start({ RECORDING_STORE: store })).ready();
  // The folder of its files can not be made.
  const shard = createHash('sha256').update('one').digest('hex').slice(0, 2);
  writeFileSync(join(store, shard), 'in the way');
  await announce(service, 'one');
  await becomes('one', 'failed');
  const [row] = await database.query<{ reason: string }>('SELECT reason FROM call_recordings');
  expect(row?.reason).toMatch(/^The store of the recordings did not take the file \(E[A-Z]+\)$/);
  await until('the message', () =>
    service.output.includes('a recording was downloaded, but can not be kept'),
  );
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/recording_downloads_total\{outcome="unkept"\} [1-9]/);
  expect(metrics).toContain('recording_downloads_total{outcome="failed"} 0');
  rmSync(join(store, shard));
  await becomes('one', 'kept');
});

it('A recording that can not be downloaded is told in the log', async () => {
  const service = await (await start({ RECORDING_ALLOW_HOSTS: '*.example.com' })).ready();
  await announce(service, 'one');
  await becomes('one', 'failed');
  await until('the message', () =>
    service.output.includes('a recording could not be downloaded, and is tried again: The host 127.0.0.1'),
  );
});
