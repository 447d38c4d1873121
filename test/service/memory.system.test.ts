// The service as a process of its own, pushed at with bodies that are small on the wire and large in memory.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { peakMemoryMb } from '../support/processes.js';
import { freePort, ServiceProcess } from '../support/service.js';

const PUSH_TOKEN = 'push-token-of-the-tests';
const MEGABYTE = 1024 * 1024;
const BOMBS = 60;
/** 256 MB of bodies under way, twice while their pieces are put together, what is read of them, and the service itself. */
const MOST_MEMORY_MB = 1200;

let folder: string;
let database: TestDatabase;
let service: ServiceProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-memory-'));
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.url,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
    ADMIN_API_KEY: 'api-key-of-the-tests-of-32-characters',
  };
  service = await ServiceProcess.start(folder, await freePort(), environment).ready();
});
afterAll(async () => {
  await service.end('SIGKILL');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Elsewhere there is no way to read what a process has held. */
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux(
  'Bodies that unpack to a thousand times their size, all at once, are unpacked within bounds',
  async () => {
    const bomb = gzipSync(`[${' '.repeat(31 * MEGABYTE)}]`);
    const statuses = await Promise.all(Array.from({ length: BOMBS }, () => push(bomb)));
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
    expect(statuses).toContain(200);
    expect(await push(bomb)).toBe(200);
    expect(peakMemoryMb(service.child)).toBeLessThan(MOST_MEMORY_MB);
  },
);

async function push(body: Buffer): Promise<number> {
  const answer = await fetch(`${service.url}/push/${PUSH_TOKEN}/call-reports`, {
    method: 'POST',
    headers: { 'content-encoding': 'gzip' },
    body: new Uint8Array(body),
  });
  await answer.arrayBuffer();
  return answer.status;
}
