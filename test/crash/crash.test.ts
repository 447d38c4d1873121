// The vendor, played by the simulator, pushes all the time, while service and database are killed, frozen and ended at
// random moments. Afterwards every acknowledged record must be in the ledger once, with its last content.
//
// `npm test` runs a short form; `npm run test:crash` the long one.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { rollupDifferences } from '../support/rollups.js';
import { freePort, isAlive, postmasterPid, ServiceProcess, until } from '../support/service.js';

const SERVICE_KILLS = Number(process.env['CRASH_SERVICE_KILLS'] ?? 6);
const DATABASE_KILLS = Number(process.env['CRASH_DATABASE_KILLS'] ?? 2);
const SIMULATOR = fileURLToPath(new URL('../../dist/simulator/main.js', import.meta.url));
/** Long enough for a restart under load, so that each blow meets a service at work. */
const SHORTEST_PAUSE_MS = 700;
const LONGEST_PAUSE_MS = 2500;
const FROZEN_MS = 1200;
const CALLS_A_SECOND = 400;

let folder: string;
let service: ServiceProcess;
let port: number;
const dataDir = () => join(folder, 'data');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-crash-'));
  port = await freePort();
  service = await ServiceProcess.start(dataDir(), port).ready();
}, 60_000);
afterAll(async () => {
  await service.end('SIGTERM');
  const pid = postmasterPid(dataDir());
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

interface Blow {
  readonly name: string;
  readonly strike: () => Promise<void>;
}

const KILL_SERVICE: Blow = {
  name: 'kill -9 of the service',
  strike: async () => {
    await service.end('SIGKILL');
    service = ServiceProcess.start(dataDir(), port);
  },
};
const END_SERVICE: Blow = {
  name: 'SIGTERM to the service',
  strike: async () => {
    await service.ready();
    const begin = Date.now();
    expect(await service.end('SIGTERM')).toBe(0);
    expect(Date.now() - begin).toBeLessThan(15_000);
    service = ServiceProcess.start(dataDir(), port);
  },
};
const KILL_DATABASE: Blow = {
  name: 'kill -9 of the database',
  strike: () => {
    const pid = postmasterPid(dataDir());
    if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGKILL');
    return Promise.resolve();
  },
};
const FREEZE_DATABASE: Blow = {
  name: 'SIGSTOP of the database',
  strike: async () => {
    const pids = serverProcesses();
    for (const pid of pids) signal(pid, 'SIGSTOP');
    await wait(FROZEN_MS);
    for (const pid of pids) signal(pid, 'SIGCONT');
  },
};

/** All blows, in random order. */
function blows(): Blow[] {
  const others = Math.ceil(SERVICE_KILLS / 6);
  return [
    ...Array<Blow>(SERVICE_KILLS).fill(KILL_SERVICE),
    ...Array<Blow>(DATABASE_KILLS).fill(KILL_DATABASE),
    ...Array<Blow>(others).fill(END_SERVICE),
    ...Array<Blow>(process.platform === 'linux' ? others : 0).fill(FREEZE_DATABASE),
  ]
    .map((blow) => ({ blow, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ blow }) => blow);
}

it('Whatever is killed, whenever: no acknowledged record is lost, none is double, and the rollups equal the rows', async () => {
  const list = blows();
  const seconds = (list.length * (SHORTEST_PAUSE_MS + LONGEST_PAUSE_MS)) / 2000 + list.length;
  const vendor = playVendor(Math.round(seconds * CALLS_A_SECOND));
  for (const blow of list) {
    await wait(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    await blow.strike();
  }
  await service.ready();
  const { code, output } = await vendor;
  console.log(`${list.length} blows: ${list.map(({ name }) => name).join(', ')}\n${output}`);
  expect(output).toMatch(/verify +OK/);
  expect(code).toBe(0);
  await until('the journal to be drained', async () => (await differences()).length === 0);
}, 3_600_000);

async function playVendor(calls: number): Promise<{ code: number | null; output: string }> {
  const faults = ['--duplicates', '0.05', '--corrections', '0.02', '--broken', '0.01', '--reorder', '0.02'];
  const pace = [
    '--rate',
    String(CALLS_A_SECOND),
    '--batch-size',
    '5',
    '--concurrency',
    '8',
    '--time-scale',
    '0.01',
  ];
  const seed = String(Math.floor(Math.random() * 1e9));
  const child = spawn(
    process.execPath,
    [
      SIMULATOR,
      '--url',
      service.url,
      '--calls',
      String(calls),
      '--seed',
      seed,
      ...pace,
      ...faults,
      '--verify',
    ],
    { env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir() }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let progress = '';
  child.stderr.on('data', (chunk: Buffer) => (progress += chunk.toString()));
  await once(child, 'exit');
  return { code: child.exitCode, output: output === '' ? progress : output };
}

/** What the rollups and the calls say differently, asked of the embedded server itself. */
async function differences(): Promise<unknown[]> {
  const { databasePassword } = JSON.parse(readFileSync(join(dataDir(), 'credentials.json'), 'utf8')) as {
    databasePassword: string;
  };
  const port = readFileSync(join(dataDir(), 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(port),
    user: 'call_ledger',
    database: 'call_ledger',
    password: databasePassword,
  });
  await client.connect();
  try {
    const query = async <Row extends pg.QueryResultRow>(text: string) => (await client.query<Row>(text)).rows;
    return await rollupDifferences({ query });
  } finally {
    await client.end();
  }
}

function serverProcesses(): number[] {
  const pid = postmasterPid(dataDir());
  if (pid === undefined || !isAlive(pid)) return [];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...children.split(/\s+/).map(Number)];
}

/** A process of the list may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, name);
}
