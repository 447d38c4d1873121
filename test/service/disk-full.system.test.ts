// The database is away, and the disk under the journal fills up. What can't be kept must not be acknowledged, and what
// was acknowledged must be there in the end.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { ACCESS, freePort, healthOf, ServiceProcess, until } from '../support/service.js';
import { SmallDisk } from '../support/small-disk.js';
import { TcpProxy } from '../support/tcp-proxy.js';

let folder: string;
let database: TestDatabase;
let proxy: TcpProxy;
let services: ServiceProcess[];
let acknowledged: string[];
let disk: SmallDisk | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-disk-full-'));
  database = await createDatabase();
  proxy = await TcpProxy.before(Number(new URL(database.url).port));
  await proxy.refuse();
  services = [];
  acknowledged = [];
  disk = undefined;
});
afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  await proxy.refuse();
  await database.drop();
  await disk?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function start(journal: string, under: readonly string[] = []): Promise<ServiceProcess> {
  const environment = { ...ACCESS, DATABASE_URL: proxy.through(database.url), JOURNAL_DIR: journal };
  const service = ServiceProcess.start(join(folder, 'data'), await freePort(), environment, under);
  services.push(service);
  await until('the service to listen', async () => (await healthOf(service.url)) !== undefined);
  return service;
}

/** Pushes once. Returns the answer, which is noted when it acknowledges. */
async function push(service: ServiceProcess): Promise<Response> {
  pushed += 1;
  const callId = `call-${pushed}`;
  const answer = await service.push([record(callId, { outId: PADDING })]);
  if (answer.status === 200) acknowledged.push(callId);
  return answer;
}
let pushed = 0;
/** So that few pushes fill the disk. */
const PADDING = 'x'.repeat(20_000);

/** Several refusals in a row, each of which says when to come again. */
async function expectFull(service: ServiceProcess): Promise<void> {
  await until('a push to be refused', async () => (await push(service)).status !== 200);
  for (let count = 0; count < 5; count += 1) {
    const answer = await push(service);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  expect(await healthOf(service.url)).toBe('error');
}

/** The database comes back: everything that was acknowledged gets there, nothing else, and pushes are taken. */
async function expectAllWritten(service: ServiceProcess): Promise<void> {
  await proxy.acceptAgain();
  await until('a push to be taken', async () => (await push(service)).status === 200);
  await service.ready();
  await until('all that was acknowledged', async () => {
    const rows = await database.query<{ call_id: string }>('SELECT call_id FROM calls');
    const stored = new Set(rows.map((row) => row.call_id));
    return acknowledged.every((callId) => stored.has(callId));
  });
  await until('the sums', async () => (await rollupDifferences(database)).length === 0);
}

describe('With the database away and the disk under the journal full', () => {
  it('pushes are answered 503, taken again when there is space, and none that was acknowledged is lost, killed with -9 or not', async () => {
    disk = await SmallDisk.mount('size=1m,nr_inodes=50');
    if (disk === undefined) {
      console.warn(
        'SKIPPED: no disk can be mounted here, not even in a namespace (unshare --map-root-user --mount)',
      );
      return;
    }
    const first = await start(disk.path);
    for (let count = 0; count < 10; count += 1) expect((await push(first)).status).toBe(200);
    await disk.fill();
    await expectFull(first);
    await first.end('SIGKILL');
    const second = await start(disk.path);
    await expectFull(second);
    await disk.free();
    await until('a push to be taken', async () => (await push(second)).status === 200);
    await expectFull(second);
    await expectAllWritten(second);
  });

  // A limit of the shell, in blocks of 512 bytes by POSIX, of 1,024 in bash: 128 or 256 kB.
  const underALimit = process.platform === 'win32' ? it.skip : it;
  underALimit(
    'as with a file that may not grow: 503, and nothing that was acknowledged is lost',
    async () => {
      const limit = ['sh', '-c', 'ulimit -f 256; exec "$@"', 'sh'];
      const first = await start(join(folder, 'journal'), limit);
      await expectFull(first);
      expect(acknowledged.length).toBeGreaterThan(0);
      await first.end('SIGKILL');
      const second = await start(join(folder, 'journal'), limit);
      await expectFull(second);
      await expectAllWritten(second);
      expect(await second.end('SIGTERM')).toBe(0);
    },
  );
});
