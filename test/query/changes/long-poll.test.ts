import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { ChangeWatcher } from '../../../src/query/changes/change-watcher.js';
import type { ChangePage } from '../../../src/query/changes/change.dto.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { IS_LONG } from '../../support/form.js';
import { API_KEY } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';
import { askChanges } from './follower.js';
import { Instance } from './instances.js';

const WAITING = 200;
const POOL_SIZE = 4;
const TRIES = IS_LONG ? 60 : 20;

let database: TestDatabase;
let instance: Instance;
let watcher: ChangeWatcher;

beforeEach(async () => {
  database = await createDatabase();
  const environment = { DATABASE_POOL_SIZE: String(POOL_SIZE), ACK_DEADLINE_MS: '20000', JOURNAL_DIR: 'off' };
  instance = await Instance.start(database.url, environment);
  watcher = instance.app.get(ChangeWatcher, { strict: false });
});
afterEach(async () => {
  await instance.remove();
  await database.drop();
});

async function push(callId: string): Promise<void> {
  expect((await instance.push([record(callId)])).status).toBe(200);
}
const ask = (wait: number, signal?: AbortSignal) => askChanges(instance.url, { after: 'now', wait }, signal);
const waiting = (count: number) =>
  until(`${count} waiting requests`, () => watcher.waitingRequests === count);
const callIds = ({ data }: ChangePage) =>
  data.map((change) => (change.type === 'call' ? change.call.callId : ''));

describe('A request that waits', () => {
  it('is answered by the next commit that changes a call, and by no other', async () => {
    await push('known');
    const answer = ask(30);
    await waiting(1);
    await push('known');
    await instance.push(['no record']);
    expect(watcher.waitingRequests).toBe(1);
    await push('new');
    expect(callIds(await answer)).toEqual(['new']);
  });

  it('is answered at once when there is something already', async () => {
    await push('known');
    const begin = performance.now();
    expect(callIds(await askChanges(instance.url, { wait: 30 }))).toEqual(['known']);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it('for none is told that there is one, which comes next', async () => {
    const { nextCursor: start } = await askChanges(instance.url, { after: 'now', limit: 0 });
    expect(await askChanges(instance.url, { after: start, limit: 0 })).toEqual({
      data: [],
      nextCursor: start,
      upToDate: true,
    });
    const answer = askChanges(instance.url, { after: start, limit: 0, wait: 30 });
    await waiting(1);
    await push('new');
    expect(await answer).toEqual({ data: [], nextCursor: start, upToDate: false });
    expect(callIds(await askChanges(instance.url, { after: start }))).toEqual(['new']);
  });

  it('is answered with nothing when nothing comes', async () => {
    const begin = performance.now();
    expect(await ask(1)).toEqual({ data: [], nextCursor: expect.any(String), upToDate: true });
    expect(performance.now() - begin).toBeGreaterThanOrEqual(999);
  });

  it('is answered soon after the commit', async () => {
    const delays: number[] = [];
    for (let index = 0; index < TRIES; index += 1) {
      const answer = ask(30);
      await waiting(1);
      await push(`call-${index}`);
      const committed = performance.now();
      expect(callIds(await answer)).toEqual([`call-${index}`]);
      delays.push(performance.now() - committed);
    }
    delays.sort((a, b) => a - b);
    const [median = 0, slowest = 0] = [delays[TRIES / 2], delays[TRIES - 1]];
    process.stdout.write(
      `answered after ${median.toFixed(0)} ms (median), ${slowest.toFixed(0)} ms (slowest)\n`,
    );
    expect(median).toBeLessThan(10_000);
  });

  it('ends when its client goes away', async () => {
    const client = new AbortController();
    const answers = [ask(30, client.signal), ask(30, client.signal)];
    await waiting(2);
    client.abort();
    await Promise.allSettled(answers);
    await waiting(0);
  });

  it('ends with the service, which does not wait for it', async () => {
    const answers = Array.from({ length: 20 }, () => ask(30));
    await waiting(20);
    const begin = performance.now();
    const end = instance.end();
    for (const { data } of await Promise.all(answers)) expect(data).toEqual([]);
    await end;
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it('is told when the database goes away', async () => {
    const road = await roadTo(database.url);
    const far = await Instance.start(road.url, { JOURNAL_DIR: 'off' });
    const answer = fetch(`${far.url}/v1/changes?wait=30`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    await until('it to wait', () => far.app.get(ChangeWatcher, { strict: false }).waitingRequests === 1);
    road.close();
    const { status, headers } = await answer;
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    await far.remove();
  });
});

/** A way to the database that can be closed. */
async function roadTo(databaseUrl: string): Promise<{ url: string; close: () => void }> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) sockets.push(socket.on('error', () => socket.destroy()));
    client.pipe(upstream).pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const road = new URL(databaseUrl);
  road.port = String((server.address() as AddressInfo).port);
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: road.href, close };
}

describe('Many requests that wait', () => {
  it('hold no connection: pushes and questions go on', async () => {
    const answers = Array.from({ length: WAITING }, () => ask(30));
    await waiting(WAITING);
    await instance.push(['no record']);
    const { status } = await fetch(`${instance.url}/v1/calls`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    expect(status).toBe(200);
    const [connections] = await database.query<{ count: number; busy: number }>(`
      SELECT count(*)::int, count(*) FILTER (WHERE state <> 'idle')::int AS busy
      FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'call-ledger'`);
    expect(connections?.count).toBeLessThanOrEqual(POOL_SIZE);
    expect(connections?.busy).toBeLessThanOrEqual(1);
    await push('new');
    const pages = await Promise.all(answers);
    expect(pages.map(callIds)).toEqual(pages.map(() => ['new']));
  });

  it('are bounded: beyond, the answer comes at once', async () => {
    const clients = Array.from({ length: 2000 }, () => new AbortController());
    const waits = clients.map(({ signal }) => watcher.await(1, 30_000, signal));
    expect(await watcher.await(1, 30_000, new AbortController().signal)).toBe(false);
    expect(watcher.waitingRequests).toBe(2000);
    for (const client of clients) client.abort();
    expect(new Set(await Promise.all(waits))).toEqual(new Set([false]));
    expect(watcher.waitingRequests).toBe(0);
  });
});
