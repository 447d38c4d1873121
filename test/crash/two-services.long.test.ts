// Two services on one database, behind a proxy that gives connections to both by turns, while either of them and the
// database are killed, frozen and ended at random moments. What a killed process had in its journal is written by
// whoever finds it: the other one, or the next.
//
// `npm test` runs a short form; `npm run test:crash` the long one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseServer } from '../support/database-server.js';
import { filesIn } from '../support/files.mjs';
import { record } from '../support/records.js';
import { rollupDifferencesAt } from '../support/rollups.js';
import { ACCESS, freePort, healthOf, ServiceProcess, until } from '../support/service.js';
import { SmallDisk } from '../support/small-disk.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import {
  type Blow,
  fillDisk,
  freezeDatabase,
  inRandomOrder,
  KeptService,
  killDatabase,
  namesOf,
  numbersOf,
  secondsOf,
  strikeAll,
} from './blows.js';
import { endVendors, FAULTS, LONGEST_TEST_MS, playVendor } from './vendor.js';

const CALLS_A_SECOND = 300;

let folder: string;
let database: DatabaseServer;
let databaseUrl: string;
let services: KeptService[];
let proxy: TcpProxy;
/** Undefined where none can be mounted: then no blow fills it. */
let disk: SmallDisk | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-two-services-'));
  disk = await SmallDisk.mount('size=32m,nr_inodes=300');
  database = DatabaseServer.create();
  databaseUrl = await database.start();
  const ports = [await freePort(), await freePort()];
  services = ports.map((port) => KeptService.start(() => start(port, databaseUrl)));
  for (const { current } of services) await current.ready();
  proxy = await TcpProxy.before(...ports);
});
afterAll(async () => {
  await endVendors();
  for (const { current } of services) await current.end('SIGKILL');
  await proxy.refuse();
  await database.remove();
  await disk?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function start(port: number, url: string): ServiceProcess {
  const environment = { ...ACCESS, DATABASE_URL: url, JOURNAL_DIR: journals() };
  return ServiceProcess.start(join(folder, String(port)), port, environment);
}

/** In which every process has a folder of its own. */
const journals = () => join(disk?.path ?? folder, 'journal');

it(
  'Two services on one database, whatever is killed: none lost, none double, the rollups equal the rows, and the journal of the dead is drained by the living',
  async () => {
    const orphans = await leaveOrphans(20);
    const numbers = numbersOf({ service: 2, database: 1 });
    const noDatabase = killDatabase(() => database.pid());
    const list = inRandomOrder(
      [Math.ceil(numbers.serviceKills / 2), blow('kill -9 of service 1', 0, 'kill')],
      [Math.floor(numbers.serviceKills / 2), blow('kill -9 of service 2', 1, 'kill')],
      [numbers.databaseKills, noDatabase],
      [numbers.terminations, blow('SIGTERM to service 2', 1, 'terminate')],
      [numbers.freezes, freezeDatabase(() => database.pid())],
      ...(disk === undefined ? [] : [[numbers.terminations, fillDisk(disk, noDatabase)] as const]),
    );
    const calls = Math.round(secondsOf(list) * CALLS_A_SECOND);
    const pace = { rate: CALLS_A_SECOND, 'batch-size': 5, concurrency: 8, 'time-scale': 0.01 };
    const url = `http://127.0.0.1:${proxy.port}`;
    const pushing = playVendor({ url, calls, ...pace, ...FAULTS }, ACCESS);
    const { code, text } = await strikeAll(list, pushing);
    console.log(`${namesOf(list)}\n${text}`);
    expect(text).toMatch(/verify +OK/);
    expect(code).toBe(0);
    for (const { current } of services) await current.ready();
    for (const callId of orphans) await services[0]?.current.has(callId);
    await until(
      'the journals to be drained',
      () => !filesIn(journals()).some((name) => name.endsWith('.journal')),
    );
    expect(await rollupDifferencesAt(databaseUrl)).toEqual([]);
  },
  LONGEST_TEST_MS,
);

/** One of the two is struck while the other takes pushes: the death of all is the test of one service. */
function blow(name: string, struck: 0 | 1, kind: 'kill' | 'terminate'): Blow {
  return {
    name,
    strike: async () => {
      const [service, other] = struck === 0 ? services : [...services].reverse();
      await until('the other service', async () => (await healthOf(other?.current.url ?? '')) !== undefined);
      await service?.[kind]();
    },
  };
}

/** Calls that a third service took while it had no database, and kept when it was killed. It never comes back. */
async function leaveOrphans(count: number): Promise<string[]> {
  const away = databaseUrl.replace(/:\d+\//, `:${await freePort()}/`);
  const third = start(await freePort(), away);
  await until('the third service', async () => (await healthOf(third.url)) !== undefined);
  const callIds = Array.from({ length: count }, (_, index) => `orphan-${index}`);
  for (const callId of callIds) expect((await third.push([record(callId)])).status).toBe(200);
  await third.end('SIGKILL');
  return callIds;
}
