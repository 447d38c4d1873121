// What goes on for longer ends with the key that asked for it, and a key has only its share of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingMessage } from 'node:http';
import { openExport, readAll } from '../query/exports/export-client.js';
import { insertCalls } from '../query/exports/many-calls.js';
import { Instance } from '../query/changes/instances.js';
import { makeKey, type MadeKey, revoke, withKey } from '../support/api-keys.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Answer, API_KEY } from '../support/ledger.js';
import { until } from '../support/service.js';
import { ChangeWatcher } from '../../src/query/changes/change-watcher.js';
import { exchange } from '../support/exchange.js';

/** A wait of 30 s that ends by itself would take longer. */
const SOON_MS = 15_000;
const UNKNOWN = 'This API key is not known, or not valid any more';

let database: TestDatabase;
let one: Instance;
/** Another process of the same ledger. */
let other: Instance;

beforeAll(async () => {
  database = await createDatabase();
  one = await Instance.start(database.url);
  other = await Instance.start(database.url);
  await insertCalls(database, 10_000);
});
afterAll(async () => {
  await other.remove();
  await one.remove();
  await database.drop();
});

const ledger = { request: (path: string, init?: RequestInit) => exchange(one.url, path, init) };
const atOther = { request: (path: string, init?: RequestInit) => exchange(other.url, path, init) };
const waiting = (count: number) =>
  until(`${count} waiting requests`, () => one.app.get(ChangeWatcher).waitingRequests === count);
const reader = () => makeKey(ledger, { scopes: ['calls:read'] });

/** A key that expires soon after it was used. */
async function shortLived(): Promise<MadeKey> {
  const expiresAt = new Date(Date.now() + 3000).toISOString();
  return makeKey(ledger, { scopes: ['calls:read'], expiresAt });
}

interface Waiting {
  readonly answer: Answer;
  readonly ms: number;
}

/** Waits for changes, of which none come. */
async function wait({ key }: MadeKey): Promise<Waiting> {
  const began = performance.now();
  const answer = await withKey(ledger, key, '/v1/changes?after=now&wait=30');
  return { answer, ms: performance.now() - began };
}

function openWith(key: MadeKey): Promise<IncomingMessage> {
  return openExport(`${one.url}/v1/exports/calls`, { authorization: `Bearer ${key.key}` });
}

/** Reads a little, then on once the key has ended. */
async function expectBrokenOff(answer: IncomingMessage, end: () => Promise<unknown>): Promise<void> {
  await end();
  await expect(readAll(answer)).rejects.toThrow('aborted');
  expect(answer.complete).toBe(false);
}

describe('A request that waits for changes', () => {
  it.each([
    ['is revoked', () => ledger],
    ['is revoked in another process', () => atOther],
  ])('ends soon after its key %s', async (_how, where) => {
    const key = await reader();
    const waited = wait(key);
    await waiting(1);
    await revoke(where(), key.id);
    const { answer, ms } = await waited;
    expect([answer.status, answer.body]).toMatchObject([401, { detail: UNKNOWN }]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="call-ledger"');
    expect(ms).toBeLessThan(SOON_MS);
  });

  it('ends soon after its key expires', async () => {
    const { answer, ms } = await wait(await shortLived());
    expect([answer.status, answer.body]).toMatchObject([401, { detail: UNKNOWN }]);
    expect(ms).toBeLessThan(SOON_MS);
  });

  it('goes on while another key is revoked', async () => {
    const [key, another] = [await reader(), await reader()];
    const answer = withKey(ledger, key.key, '/v1/changes?after=now&wait=4');
    await waiting(1);
    await revoke(ledger, another.id);
    expect((await answer).status).toBe(200);
  });
});

describe('An export', () => {
  it.each([
    ['is revoked', () => ledger],
    ['is revoked in another process', () => atOther],
  ])('is broken off when its key %s', async (_how, where) => {
    const key = await reader();
    await expectBrokenOff(await openWith(key), async () => {
      await revoke(where(), key.id);
      await ended(key);
    });
  });

  it('is broken off when its key expires', async () => {
    const key = await shortLived();
    await expectBrokenOff(await openWith(key), () => ended(key));
  });

  it('of the key of the settings goes on', async () => {
    const answer = await openExport(`${one.url}/v1/exports/calls`);
    await revoke(ledger, (await reader()).id);
    expect((await readAll(answer)).length).toBeGreaterThan(1_000_000);
  });
});

describe('Waiting requests', () => {
  it('beyond the share of a key and of those that it made are refused, and others go on', async () => {
    const maker = await makeKey(ledger, { scopes: ['calls:read', 'keys:manage'] });
    const made = await makeKey(ledger, { scopes: ['calls:read'] }, maker.key);
    const most = 1000;
    const done = new AbortController();
    const target = '/v1/changes?after=now&wait=30';
    const ask = (key: string) =>
      fetch(`${one.url}${target}`, { headers: { authorization: `Bearer ${key}` }, signal: done.signal });
    const asked = Array.from({ length: most }, async (_, index) => {
      const { status } = await ask(index % 2 === 0 ? maker.key : made.key);
      return status;
    });
    await waiting(most);
    const answer = await withKey(ledger, API_KEY, '/v1/changes?after=now&wait=1');
    expect(answer.status).toBe(200);
    const more = await withKey(ledger, made.key, target);
    expect([more.status, more.headers.get('retry-after')]).toEqual([429, '5']);
    done.abort();
    await Promise.allSettled(asked);
    await waiting(0);
  });
});

/** Waits until the audit says that the export of a key was ended before it was whole. */
async function ended({ id }: MadeKey): Promise<void> {
  for (;;) {
    const { body } = await withKey(ledger, API_KEY, '/v1/audit-events?action=export.ended&limit=50');
    const { data } = body as { data: { keyId: string; detail: { whole: boolean } }[] };
    const [event] = data.filter(({ keyId }) => keyId === id);
    if (event !== undefined) {
      expect(event.detail.whole).toBe(false);
      return;
    }
  }
}
