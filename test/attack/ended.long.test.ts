// A body that ends the process which reads it is noticed, and kept unread the third time: pushed, or in the journal.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { removeFolder } from '../support/files.mjs';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** Seconds of reading: there is time to end the process meanwhile. */
const SLOW = Buffer.from(`[{"callId":"slow","x":1${'0'.repeat(30_000_000)}}]`);
const HASH = createHash('sha256').update(SLOW).digest();

let folder: string;
let database: TestDatabase;
let proxy: TcpProxy;
let service: ServiceProcess;

async function start(): Promise<void> {
  const environment = { ...ACCESS, DATABASE_URL: proxy.through(database.url) };
  service = ServiceProcess.start(folder, await freePort(), environment);
  await until('the service to listen', async () => {
    const answer = await fetch(`${service.url}/health/live`).catch(() => undefined);
    return answer?.status === 200;
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-ended-'));
  database = await createDatabase();
  proxy = await TcpProxy.before(Number(new URL(database.url).port));
  await start();
  await service.ready();
});
afterEach(async () => {
  await service.end('SIGKILL');
  await proxy.refuse();
  await database.drop();
  await removeFolder(folder);
});

const push = (body: Buffer) => fetch(service.pushUrl, { method: 'POST', body });
const filesOfJournal = () => readdirSync(join(folder, 'journal'), { recursive: true }).map(String);

/** As the kernel does when memory is short, while the body is being read. */
async function endWhileReading(): Promise<void> {
  await until('the body to be read', () => filesOfJournal().some((name) => name.endsWith('.reading')));
  await service.end('SIGKILL');
}

async function entryOfSlowBody(): Promise<{ readonly reason: string; readonly bytes: number } | undefined> {
  const [row] = await database.query<{ reason: string; bytes: number }>(
    'SELECT reason, length(raw)::int AS bytes FROM quarantine WHERE sha256 = $1',
    [HASH],
  );
  return row;
}

it('A push that ended two processes is refused by the third, and kept', async () => {
  for (let time = 1; time <= 2; time += 1) {
    const broken = push(SLOW).catch(() => undefined);
    await endWhileReading();
    await broken;
    await start();
  }
  const answer = await push(SLOW);
  expect([answer.status, await answer.text()]).toEqual([
    400,
    expect.stringContaining('The service ended 2 times while it read the body; it is kept unread'),
  ]);
  await until('the body to be kept', async () => (await entryOfSlowBody())?.bytes === SLOW.length);
  expect((await service.push([record('another')])).status).toBe(200);
  await service.has('another');
});

it('An entry of the journal that ended two processes is kept unread, and the others are drained', async () => {
  await proxy.refuse();
  expect((await service.push([record('before')])).status).toBe(200);
  expect((await push(SLOW)).status).toBe(200);
  expect((await service.push([record('behind')])).status).toBe(200);
  await service.end('SIGKILL');
  for (let time = 1; time <= 2; time += 1) {
    await proxy.acceptAgain();
    await start();
    await endWhileReading();
    await proxy.refuse();
  }
  await proxy.acceptAgain();
  await start();
  await service.has('before');
  await service.has('behind');
  await until('the body to be kept', async () => (await entryOfSlowBody())?.bytes === SLOW.length);
  expect((await entryOfSlowBody())?.reason).toContain('The service ended 2 times');
  await until('the journal to be empty', () => !filesOfJournal().some((name) => name.endsWith('.journal')));
});

it('A body that was read is forgotten', async () => {
  const broken = push(SLOW).catch(() => undefined);
  await endWhileReading();
  await broken;
  await start();
  expect(filesOfJournal().filter((name) => name.endsWith('.ended'))).toHaveLength(1);
  expect((await push(SLOW)).status).toBe(200);
  await service.has('slow');
  // Where its writing took too long, the journal's copy is read too.
  await until('no trace of it', () => !filesOfJournal().some((name) => /\.(ended|reading)$/.test(name)));
});
