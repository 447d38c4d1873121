// Two services share the work and one store, are killed in the middle of downloads, and load from a server that fails a
// third of the time. TEST_FORM=long: 1,000 recordings and 10 kills.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { record } from '../support/records.js';
import { BUCKET, S3Server } from '../support/s3-server.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';

const RECORDINGS = IS_LONG ? 1000 : 30;
const KILLS = IS_LONG ? 10 : 2;
const FAILING = 1 / 3;
const PATIENCE_MS = IS_LONG ? 3_600_000 : 280_000;

let vendor: Server;
let origin: string;
let database: TestDatabase;
let s3: S3Server;
const folders: string[] = [];
const files = new Map<string, Buffer>();
let asked = 0;

const folderOf = (name: string) => {
  const folder = mkdtempSync(join(tmpdir(), `call-ledger-${name}-`));
  folders.push(folder);
  return folder;
};

beforeAll(async () => {
  vendor = createServer((request, response) => {
    asked += 1;
    const file = files.get((request.url ?? '').split('?')[0] ?? '') ?? Buffer.of();
    const half = file.subarray(0, file.length / 2);
    const isFailing = Math.random() < FAILING;
    if (isFailing && asked % 2 === 0) response.writeHead(503).end('SlowDown');
    else {
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': file.length });
      // The second half comes later, so that kills come in the middle.
      response.write(half, () =>
        setImmediate(() => {
          if (isFailing) response.destroy();
          else response.end(file.subarray(half.length));
        }),
      );
    }
  });
  vendor.listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  for (let call = 0; call < RECORDINGS; call += 1) files.set(`/${call}.wav`, randomBytes(20_000 + call));
  s3 = await S3Server.start();
});
afterAll(async () => {
  vendor.closeAllConnections();
  vendor.close();
  await s3.stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

interface Kept {
  readonly call_id: string;
  readonly file: string;
  readonly bytes: string;
}
const countKept = async () => {
  const [row] = await database.query<{ kept: number }>(
    "SELECT count(*)::int AS kept FROM call_recordings WHERE state = 'kept'",
  );
  return row?.kept ?? 0;
};
/** What the service waits for is over: a killed process's claims, and the pauses after failures. */
const letTimePass = () =>
  database.query("UPDATE call_recordings SET next_try_at = now() WHERE state IN ('announced', 'failed')");

async function keepAll(store: Record<string, string>): Promise<Kept[]> {
  database = await createDatabase();
  const settings = {
    ...ACCESS,
    ...store,
    DATABASE_URL: database.url,
    RECORDING_ALLOW_HOSTS: '127.0.0.1',
    LOG_LEVEL: 'error',
  };
  const start = async () => ServiceProcess.start(folderOf('data'), await freePort(), settings).ready();
  const services = [await start(), await start()];
  const calls = [...files.keys()].map((path) => path.slice(1, -4));
  await services[0]?.push([
    ...calls.map((callId) => record(callId)),
    ...calls.map((callId) => ({ callId, recordFile: `${origin}/${callId}.wav?Signature=s` })),
  ]);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const part = (kill * RECORDINGS) / (KILLS + 1);
    await until(
      () => `${part} recordings to be kept; ${services.map(({ output }) => output).join('')}`,
      async () => (await countKept()) >= part,
    );
    const [killed] = services.splice(kill % services.length, 1);
    await killed?.end('SIGKILL');
    services.push(await start());
    await letTimePass();
  }
  const end = Date.now() + PATIENCE_MS;
  while ((await countKept()) < RECORDINGS && Date.now() < end) {
    const before = await countKept();
    await until('progress, or a pause', async () => {
      const [waiting] = await database.query<{ due: number }>(
        "SELECT count(*)::int AS due FROM call_recordings WHERE next_try_at <= now() + interval '1 s' AND state <> 'kept'",
      );
      return (await countKept()) > before || waiting?.due === 0;
    });
    await letTimePass();
  }
  for (const service of services) expect(await service.end('SIGTERM')).toBe(0);
  return database.query<Kept>('SELECT call_id, file, bytes FROM call_recordings ORDER BY call_id');
}

const filesIn = (folder: string, isOther: (path: string) => boolean) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !isOther(path));

it(
  `${RECORDINGS} recordings are kept in a folder byte for byte, none twice, through ${KILLS} kills`,
  async () => {
    const folder = folderOf('recordings');
    const kept = await keepAll({ RECORDING_STORE: folder });
    expect(kept).toHaveLength(RECORDINGS);
    for (const { call_id, file } of kept)
      expect([
        call_id,
        readFileSync(join(folder, file)).equals(files.get(`/${call_id}.wav`) ?? Buffer.of()),
      ]).toEqual([call_id, true]);
    const inFolder = filesIn(folder, (path) => path === 'ledger-id' || path.startsWith('parts/'));
    expect(inFolder.sort()).toEqual(kept.map(({ file }) => file).sort());
  },
  PATIENCE_MS + 60_000,
);

it(
  `${RECORDINGS} recordings are kept in S3 byte for byte, none twice, through ${KILLS} kills`,
  async () => {
    const kept = await keepAll(s3.settings('kills'));
    expect(kept).toHaveLength(RECORDINGS);
    for (const { call_id, file } of kept)
      expect([
        call_id,
        s3.contentOf(`kills/${file}`).equals(files.get(`/${call_id}.wav`) ?? Buffer.of()),
      ]).toEqual([call_id, true]);
    const inBucket = filesIn(join(s3.folder, BUCKET), (path) => !path.endsWith('._S3rver_object'));
    expect(inBucket.map((path) => path.replace('._S3rver_object', '')).sort()).toEqual(
      ['kills/ledger-id', ...kept.map(({ file }) => `kills/${file}`)].sort(),
    );
  },
  PATIENCE_MS + 60_000,
);
