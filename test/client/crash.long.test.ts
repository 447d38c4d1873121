// A follower that uses the client package is killed again and again, and so are the services. Its copy equals the
// ledger in the end.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SELECTED_CALL } from '../../src/query/calls/call-fields.js';
import { isObject, object, objects, string } from '../contract/helpers.js';
import { eraseCalls } from '../query/changes/erasing.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { installClient } from './installed.js';

const PROGRAM = fileURLToPath(new URL('follower.mjs', import.meta.url));
const PUSHES = IS_LONG ? 1000 : 36;
const RECORDS_A_PUSH = 30;
/** A push after so many kills a service. */
const SERVICE_LIVES_PUSHES = 12;
const LONGEST_TEST_MS = 1_800_000;

const data = mkdtempSync(join(tmpdir(), 'call-ledger-followed-'));
const counts = { followers: 0, services: 0, batches: 0, retries: 0 };
let project: string;
let database: TestDatabase;
let services: ServiceProcess[];
let proxy: TcpProxy;

beforeAll(async () => {
  project = (await installClient()).folder;
  copyFileSync(PROGRAM, join(project, 'follower.mjs'));
  database = await createDatabase();
  const ports = [await freePort(), await freePort()];
  services = ports.map(start);
  await Promise.all(services.map((service) => service.ready()));
  proxy = await TcpProxy.before(...ports);
});
afterAll(async () => {
  for (const service of services) await service.end('SIGKILL');
  await proxy.refuse();
  await database.drop();
  for (const folder of [data, project]) rmSync(folder, { recursive: true, force: true });
});

function start(port: number): ServiceProcess {
  return ServiceProcess.start(join(data, String(port)), port, {
    DATABASE_URL: database.url,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
    ADMIN_API_KEY: API_KEY,
    JOURNAL_DIR: 'off',
    ACK_DEADLINE_MS: '20000',
    LOG_LEVEL: 'error',
  });
}

const below = (bound: number) => Math.floor(Math.random() * bound);

/** All of them, one after the other, so that there are moments at which nobody answers. */
async function killServices(): Promise<void> {
  await Promise.all(services.map((service) => service.end('SIGKILL')));
  counts.services += services.length;
  services = services.map(({ url }) => start(Number(new URL(url).port)));
  await Promise.all(services.map((service) => service.ready()));
}

async function push(records: readonly unknown[]): Promise<void> {
  await until('a push to be taken', async () => {
    try {
      const [service] = services;
      return (await service?.push(records))?.status === 200;
    } catch {
      return false;
    }
  });
}

/** New calls, corrections and erasures, while services are killed. */
async function change(): Promise<void> {
  const ids: string[] = [];
  for (let count = 1; count <= PUSHES; count += 1) {
    const records = Array.from({ length: RECORDS_A_PUSH }, (_, index) => {
      const isNew = index % 3 !== 0 || ids.length === 0;
      const id = isNew ? `call-${count}-${index}` : (ids[below(ids.length)] ?? '');
      if (isNew) ids.push(id);
      return record(id, { duration: count * RECORDS_A_PUSH + index });
    });
    await push(records);
    if (count % 5 === 0) await eraseCalls(database, [ids[below(ids.length)] ?? '']);
    if (count % SERVICE_LIVES_PUSHES === 0) await killServices();
  }
}

/** Follows, and is killed after a few batches at most, until all is followed. */
async function followAndDie(over: () => Promise<boolean>): Promise<void> {
  while (!(await over())) {
    const env = { LEDGER_URL: proxy.through('http://127.0.0.1/'), API_KEY, FOLDER: data };
    const child: ChildProcess = spawn(process.execPath, ['follower.mjs'], { cwd: project, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const batches = 1 + below(8);
    const closed = once(child, 'close');
    await until(
      () => `the follower to get a batch; it printed ${output}`,
      async () => {
        if (child.exitCode !== null) throw new Error(`the follower ended: ${output}`);
        return times(output, 'batch') >= batches || (await over());
      },
    );
    child.kill('SIGKILL');
    await closed;
    counts.followers += 1;
    counts.batches += times(output, 'batch');
    counts.retries += times(output, 'retry: ');
  }
}

const times = (text: string, word: string) => text.split(word).length - 1;

/** Whether the ledger says that the follower has all changes. */
async function hasAll(): Promise<boolean> {
  try {
    const list: unknown = await services[0]?.get('/v1/followers');
    const [follower] = isObject(list) ? objects(list['data']) : [];
    return follower?.['name'] === 'copy' && follower['lagChanges'] === 0;
  } catch {
    return false;
  }
}

/** What the follower has, and how many changes came more than once. */
function copyOfFollower() {
  const copy = new Map<string, unknown>();
  const seen = new Set<string>();
  let repeats = 0;
  for (const line of readFileSync(join(data, 'changes.ndjson'), 'utf8').split('\n')) {
    const change = parsed(line);
    if (change === undefined) continue;
    if (seen.has(line)) repeats += 1;
    seen.add(line);
    if (change['type'] === 'erased') copy.delete(string(change['callId']));
    else copy.set(string(object(change['call'])['callId']), compared(object(change['call'])));
  }
  return { copy, repeats };
}

/** Undefined: the line was cut off, because its writer was killed. */
function parsed(line: string) {
  try {
    return object(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** When a push comes again, this changes, which is no change of the call. */
function compared({ lastReceivedAt: _, ...call }: Record<string, unknown>) {
  return call;
}

async function ledgerCalls(): Promise<Map<string, unknown>> {
  const rows = await database.query(`SELECT ${SELECTED_CALL} FROM calls`);
  return new Map(
    rows.map((row) => {
      const call = object(JSON.parse(JSON.stringify(row)));
      return [string(call['callId']), compared(call)];
    }),
  );
}

it(
  'A follower that is killed again and again misses nothing, while services are killed, too',
  async () => {
    let isChanged = false;
    const changes = change().finally(() => (isChanged = true));
    await Promise.all([changes, followAndDie(async () => isChanged && (await hasAll()))]);
    const { copy, repeats } = copyOfFollower();
    console.log(JSON.stringify({ ...counts, calls: copy.size, repeats }));
    expect(copy).toEqual(await ledgerCalls());
    expect(copy.size).toBeGreaterThan((PUSHES * RECORDS_A_PUSH) / 2);
    expect(counts.followers).toBeGreaterThan(3);
    expect(counts.retries).toBeGreaterThan(0);
    // Some died within a batch.
    expect(repeats).toBeGreaterThan(0);
  },
  LONGEST_TEST_MS,
);
