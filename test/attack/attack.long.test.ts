// Somebody with a push URL aims at the service's time and memory, while others push: it goes on, and keeps everything.
//
// `npm test` runs a short form with half of the bodies, of which all but one are a tenth of their size; `npm run test:attack` and
// TEST_FORM=long run the long one. ATTACK_SEED repeats the generated bodies, TEST_SEED the choice of the large one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Accounting } from '../fuzz/accounting.js';
import type { FuzzBody } from '../fuzz/bodies.js';
import { Pusher } from '../fuzz/pusher.js';
import { Tally } from '../fuzz/tally.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { removeFolder } from '../support/files.mjs';
import { IS_LONG, partOf } from '../support/form.js';
import { peakMemoryMb } from '../support/processes.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { ATTACK_BODIES, type AttackBody, packed } from './bodies.js';
import { generatedAttack } from './generated.js';

const BODIES = Number(process.env['ATTACK_BODIES'] ?? (IS_LONG ? 60 : 30));
/** All take minutes. */
const IS_LONG_FORM = IS_LONG || BODIES > 1000;
const PART = IS_LONG_FORM ? 1 : 0.1;
/** The bodies that are pushed; one of them at its full size. */
const PUSHED = IS_LONG_FORM ? ATTACK_BODIES : partOf(ATTACK_BODIES, 2);
const WHOLE = IS_LONG_FORM ? PUSHED : partOf(PUSHED, PUSHED.length);
const AWAY = ATTACK_BODIES.filter((_body, index) => IS_LONG_FORM || [1, 11, 17, 18].includes(index));
if (!IS_LONG_FORM) console.warn('SKIPPED: an erasure through all bodies, which the long form has');
const SEED = Number(process.env['ATTACK_SEED'] ?? Math.floor(Math.random() * 1e9));
/** Four a second, on a busy machine. */
const LONGEST_TEST_MS = 240_000 + BODIES * 250;
/** Compared with the database at once. */
const CHUNK = 200;
const PAUSE_MS = 50;
/** What a container of 1 GiB gives to the heap. */
const HEAP_MB = 512;
/** Beside the heap: two threads of 256 MB, and the bytes of bodies, at most 256 MB, as they came and on their way. */
const MOST_MEMORY_MB = HEAP_MB + 2 * 256 + 3 * 256;
const ADMIN_API_KEY = 'api-key-of-the-attack-of-32-characters';
const VENDOR_TOKEN = 'push-token-of-the-vendor';
/** Each source has one thread at a time: with several, both threads are at work. */
const ATTACKERS: readonly (readonly [string, string])[] = [
  ['attacker', 'push-token-of-the-attacker'],
  ['another', 'push-token-of-another-attacker'],
  ['third', 'push-token-of-a-third-attacker'],
];

let folder: string;
let database: TestDatabase;
let proxy: TcpProxy;
let service: ServiceProcess;
let attackers: readonly Pusher[];
/** May not see numbers. */
let maskedKey: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-attack-'));
  database = await createDatabase();
  proxy = await TcpProxy.before(Number(new URL(database.url).port));
  const environment = {
    DATABASE_URL: proxy.through(database.url),
    PUSH_TOKENS: [['vendor', VENDOR_TOKEN], ...ATTACKERS].map((pair) => pair.join('=')).join(),
    ADMIN_API_KEY,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  };
  service = await ServiceProcess.start(folder, await freePort(), environment).ready();
  attackers = ATTACKERS.map(([, token]) => new Pusher(service.url, token));
  const scopes = ['calls:read', 'quarantine:manage', 'deliveries:read'];
  const made = await asked('/v1/api-keys', ADMIN_API_KEY, { name: 'masked', scopes });
  maskedKey = ((await made.json()) as { key: string }).key;
});
afterAll(async () => {
  for (const attacker of attackers) attacker.close();
  await service.end('SIGKILL');
  await proxy.refuse();
  await database.drop();
  await removeFolder(folder);
});

/** Small pushes of another source, one after the other, until the work is done; all of them must be in the ledger then. */
async function besideSmallPushes(name: string, work: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const acknowledged: string[] = [];
  const refused: number[] = [];
  const vendor = (async () => {
    for (let index = 0; !over.signal.aborted; index += 1) {
      const callId = `${name}-${index}`;
      const answer = await fetch(`${service.url}/push/${VENDOR_TOKEN}/call-reports`, {
        method: 'POST',
        body: JSON.stringify([record(callId)]),
      });
      await answer.arrayBuffer();
      if (answer.status === 200) acknowledged.push(callId);
      else refused.push(answer.status);
      await wait(PAUSE_MS);
    }
  })();
  try {
    await work();
  } finally {
    over.abort();
    await vendor;
  }
  expect(refused).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(0);
  await until('the small pushes to be in the ledger', async () => {
    const [row] = await database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM calls WHERE call_id = ANY($1)',
      [acknowledged],
    );
    return row?.count === acknowledged.length;
  });
}

/** Pushes bodies, some at once; then each must be in the database as its answer says. */
async function attack(
  bodies: readonly FuzzBody[],
  tally = new Tally(),
  beforeLooking: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const accounting = new Accounting(database);
  const rest = bodies.values();
  await Promise.all(
    attackers.map(async (attacker) => {
      for (const body of rest) {
        const answer = await attacker.push(body);
        tally.add(body, answer);
        accounting.note(body, answer);
      }
    }),
  );
  await beforeLooking();
  await accounting.settle();
  expect(
    accounting.problems.map(({ index, problem }) => `ATTACK_SEED=${SEED} body ${index}: ${problem}`),
  ).toEqual([]);
}

function fixed(
  { name, make }: AttackBody,
  index: number,
  part = PART,
): FuzzBody & { readonly callId: string } {
  const callId = `attack-${Date.now()}`;
  const bytes = packed(make(callId, part));
  return { index, kind: name, bytes, headers: { 'content-encoding': 'gzip' }, isChunked: false, callId };
}

/** The call, if the body made one, and the newest entry of the quarantine: with numbers, and masked. */
async function readByEverybody(callId: string): Promise<void> {
  for (const key of [ADMIN_API_KEY, maskedKey]) {
    for (const path of [`/v1/calls/${callId}`, `/v1/calls/${callId}/history`, '/v1/quarantine?limit=1']) {
      const answer = await asked(path, key);
      expect([path, [200, 404].includes(answer.status)]).toEqual([path, true]);
      await answer.arrayBuffer();
    }
    const list = await asked('/v1/deliveries?source=attacker&limit=1', key);
    const { data } = (await list.json()) as { data: { id: string }[] };
    const body = await asked(`/v1/deliveries/${data[0]?.id ?? ''}/body`, key);
    expect([200, 403, 404, 410]).toContain(body.status);
    await body.arrayBuffer();
  }
}

function asked(path: string, key: string, body?: object): Promise<Response> {
  return fetch(`${service.url}${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });
}

/** Asks another process for it, which has the database. */
async function erase(number: string): Promise<void> {
  const own = mkdtempSync(join(tmpdir(), 'call-ledger-attack-'));
  const environment = { PUSH_TOKENS: `vendor=${VENDOR_TOKEN}`, ADMIN_API_KEY, DATABASE_URL: database.url };
  const other = await ServiceProcess.start(own, await freePort(), environment).ready();
  const answer = await fetch(`${other.url}/v1/erasures`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ number, reason: 'Asked for by the person' }),
  });
  expect(answer.status).toBe(202);
  await other.end('SIGKILL');
  await removeFolder(own);
}

describe('The service goes on, keeps everything, and small pushes are taken, beside', () => {
  it.each(
    PUSHED.map((body) => {
      const part = WHOLE.includes(body) ? 1 : PART;
      return [body.name, part, body] as const;
    }),
  )(
    '%s, times %d',
    async (name, part, body) => {
      await besideSmallPushes(name, async () => {
        const { callId, ...attacking } = fixed(body, 0, part);
        await attack([attacking]);
        await readByEverybody(callId);
      });
      expectBoundedMemory();
    },
    LONGEST_TEST_MS,
  );

  it(
    `${AWAY.length} of these while the database is away, received before an erasure and written after it`,
    async () => {
      await proxy.refuse();
      await besideSmallPushes('away', () =>
        attack(
          AWAY.map((body, index) => fixed(body, index)),
          undefined,
          async () => {
            await erase('13900000009');
            await proxy.acceptAgain();
          },
        ),
      );
      expectBoundedMemory();
    },
    LONGEST_TEST_MS,
  );

  // It takes minutes. Those that once ended an erasure, and the process, are in test/privacy/large-contents.long.test.ts.
  (IS_LONG_FORM ? it : it.skip)(
    'an erasure that looks through all of these',
    async () => {
      await besideSmallPushes('erasure', async () => {
        const made = await asked('/v1/erasures', ADMIN_API_KEY, {
          number: '13900000008',
          reason: 'Asked for',
        });
        expect(made.status).toBe(202);
        const { id } = (await made.json()) as { id: string };
        const end = Date.now() + LONGEST_TEST_MS - 30_000;
        for (let job = ''; !job.includes('"done"');) {
          await wait(PAUSE_MS);
          job = await (await asked(`/v1/erasures/${id}`, ADMIN_API_KEY)).text();
          if (Date.now() > end)
            throw new Error(`the erasure is not done: ${job}; ${service.output.slice(-2000)}`);
        }
      });
      expectBoundedMemory();
    },
    LONGEST_TEST_MS,
  );

  it(
    `${BODIES} generated bodies`,
    async () => {
      const tally = new Tally();
      await besideSmallPushes('generated', async () => {
        for (let start = 0; start < BODIES; start += CHUNK) {
          const count = Math.min(CHUNK, BODIES - start);
          await attack(
            Array.from({ length: count }, (_, index) => generatedAttack(SEED, start + index)),
            tally,
          );
        }
      });
      tally.peakMemoryMb = peakMemoryMb(service.child);
      console.log(`ATTACK_SEED=${SEED}\n${tally.report()}`);
      expectBoundedMemory();
    },
    LONGEST_TEST_MS,
  );
});

function expectBoundedMemory(): void {
  expect(service.child.exitCode).toBeNull();
  expect(peakMemoryMb(service.child)).toBeLessThan(MOST_MEMORY_MB);
}
