// Three services share the webhooks of one ledger, and one of them is killed again and again. The receiver fails and
// hangs, while calls are corrected and erased: its copy equals the ledger in the end, and it never had two requests at
// once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isObject, objects, string } from '../contract/helpers.js';
import { eraseCalls } from '../query/changes/erasing.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, until } from '../support/service.js';
import { Receiver } from './receiver.js';

const CHANGES = IS_LONG ? 50_000 : 2000;
const RECORDS_A_PUSH = 50;
const KILL_EVERY_MS = IS_LONG ? 10_000 : 4000;
const LONGEST_TEST_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'call-ledger-webhooks-'));
const receiver = new Receiver();
let receiverUrl: string;
let database: TestDatabase;
let services: ServiceProcess[];

beforeAll(async () => {
  database = await createDatabase();
  receiverUrl = await receiver.start();
  services = await Promise.all([0, 1, 2].map(async () => start(await freePort())));
  await Promise.all(services.map((service) => service.ready()));
});
afterAll(async () => {
  for (const service of services) await service.end('SIGKILL');
  receiver.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(port: number): ServiceProcess {
  return ServiceProcess.start(join(folder, String(port)), port, {
    DATABASE_URL: database.url,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
    ADMIN_API_KEY: API_KEY,
    WEBHOOK_ALLOW_HOSTS: '127.0.0.1',
    LOG_LEVEL: 'error',
  });
}

const one = (): ServiceProcess => {
  const [first] = services;
  if (first === undefined) throw new Error('there is no service');
  return first;
};

async function make(): Promise<string> {
  const response = await fetch(`${one().url}/v1/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ name: 'copy', url: receiverUrl, startAt: 'beginning', maxChanges: 100 }),
  });
  const made: unknown = await response.json();
  if (!isObject(made)) throw new Error('no webhook');
  receiver.secrets.push(string(made['secret']));
  return string(made['id']);
}

/** The second service dies and comes back, again and again. */
async function killOften(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await wait(KILL_EVERY_MS, undefined, { signal }).catch(() => undefined);
    const [, victim] = services;
    if (victim === undefined) return;
    await victim.end('SIGKILL');
    services[1] = start(Number(new URL(victim.url).port));
    await services[1].ready();
  }
}

/** What waits for a retry is due at once: the pauses are tested elsewhere. */
async function hurry(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await database.query('UPDATE webhooks SET due_at = now() WHERE due_at > now()');
    await wait(100, undefined, { signal }).catch(() => undefined);
  }
}

async function change(): Promise<void> {
  const ids: string[] = [];
  for (let done = 0; done < CHANGES; done += RECORDS_A_PUSH) {
    const records = Array.from({ length: RECORDS_A_PUSH }, (_, index) => {
      const isNew = index % 3 !== 0 || ids.length === 0;
      const id = isNew ? `call-${done + index}` : (ids[(done * 7 + index) % ids.length] ?? '');
      if (isNew) ids.push(id);
      return record(id, { duration: done + index });
    });
    const response = await one().push(records);
    expect(response.status).toBe(200);
    if (done % (RECORDS_A_PUSH * 10) === 0)
      await eraseCalls(database, [ids[Math.floor(ids.length / 2)] ?? '']);
  }
}

/** All calls of the ledger, by the API. */
async function ledgerCopy(): Promise<Map<string, unknown>> {
  const calls = new Map<string, unknown>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: unknown = await one().get(`/v1/calls?limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`);
    if (!isObject(page) || !isObject(page['page'])) throw new Error('no page');
    for (const call of objects(page['data'])) calls.set(string(call['callId']), masked(call));
    const next = page['page']['nextCursor'];
    cursor = next === null ? null : string(next);
  }
  return calls;
}

/** Whom a duplicate reaches is no change, names are none either, and the key of this test sees numbers. */
function masked({
  lastReceivedAt: _,
  callee: _1,
  caller: _2,
  realCaller: _3,
  taskName: _4,
  batchName: _5,
  ...call
}: Record<string, unknown>) {
  return call;
}

describe('Webhooks of three services', () => {
  it(
    'miss nothing, and are never sent two requests at once',
    async () => {
      const id = await make();
      const stop = new AbortController();
      receiver.behave = () => {
        const dice = Math.random();
        if (dice < 0.3) return 503;
        return dice < 0.35 ? 'hang' : 204;
      };
      const background = [killOften(stop.signal), hurry(stop.signal)];
      await change();
      const isDone = async () => {
        const webhook: unknown = await one().get(`/v1/webhooks/${id}`);
        return isObject(webhook) && webhook['lagChanges'] === 0;
      };
      while (!(await isDone())) {
        const came = receiver.requests.length;
        await until(
          `a request after ${came}`,
          async () => receiver.requests.length > came || (await isDone()),
        );
      }
      stop.abort();
      await Promise.all(background);
      expect(receiver.faults).toEqual([]);
      const copy = new Map([...receiver.copy].map(([callId, call]) => [callId, masked(call)]));
      expect(copy).toEqual(await ledgerCopy());
      expect(copy.size).toBeGreaterThan(CHANGES / 2);
    },
    LONGEST_TEST_MS,
  );

  it(
    'are taken over, as soon as a lease of less than 15 s ends',
    async () => {
      receiver.behave = () => 'hang';
      const before = receiver.requests.length;
      expect((await one().push([record('taken-over')])).status).toBe(200);
      await until('the request', () => receiver.requests.length > before);
      const [lease] = await database.query(
        `SELECT held_until > now() AS "isHeld", held_until < now() + interval '15 seconds' AS "isShort" FROM webhooks`,
      );
      expect(lease).toEqual({ isHeld: true, isShort: true });
      receiver.behave = () => 204;
      // Whoever has it dies, with all others but one that starts now.
      await Promise.all(services.map((service) => service.end('SIGKILL')));
      services = [start(await freePort())];
      await one().ready();
      await until('the next request', () => receiver.copy.has('taken-over'));
    },
    LONGEST_TEST_MS,
  );
});
