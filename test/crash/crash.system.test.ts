// The vendor, played by the simulator, pushes all the time, while service and database are killed, frozen and ended at
// random moments. Afterwards every acknowledged record must be in the ledger once, with its last content.
//
// `npm test` runs a short form; `npm run test:crash` the long one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftOverServer, postmasterPid } from '../support/processes.js';
import { rollupDifferencesAt } from '../support/rollups.js';
import { removeFolder } from '../support/files.mjs';
import { IS_LONG } from '../support/form.js';
import { embeddedUrl, freePort, ServiceProcess, until } from '../support/service.js';
import { usedDataDir } from '../support/templates.js';
import {
  type Blow,
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

const CALLS_A_SECOND = 400;

let folder: string;
let service: KeptService;
const dataDir = () => join(folder, 'data');
const server = () => postmasterPid(dataDir());

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-crash-'));
  await usedDataDir(dataDir());
  const port = await freePort();
  service = KeptService.start(() => ServiceProcess.start(dataDir(), port));
  await service.current.ready();
});
afterAll(async () => {
  await endVendors();
  await service.current.end('SIGTERM');
  await endLeftOverServer(dataDir());
  await removeFolder(folder);
});

const KILL_SERVICE: Blow = { name: 'kill -9 of the service', strike: () => service.kill() };
const END_SERVICE: Blow = { name: 'SIGTERM to the service', strike: () => service.terminate() };

it(
  'Whatever is killed, whenever: no acknowledged record is lost, none is double, and the rollups equal the rows',
  async () => {
    const { serviceKills, databaseKills, terminations, freezes } = numbersOf(
      IS_LONG ? { service: 6, database: 2 } : { service: 3, database: 1 },
    );
    const list = inRandomOrder(
      [serviceKills, KILL_SERVICE],
      [databaseKills, killDatabase(server)],
      [terminations, END_SERVICE],
      [freezes, freezeDatabase(server)],
    );
    const { url } = service.current;
    const calls = Math.round(secondsOf(list) * CALLS_A_SECOND);
    const pace = { rate: CALLS_A_SECOND, 'batch-size': 5, concurrency: 8, 'time-scale': 0.01 };
    const pushing = playVendor({ url, calls, ...pace, ...FAULTS }, { DATA_DIR: dataDir() });
    const { code, text } = await strikeAll(list, pushing);
    await service.current.ready();
    console.log(`${namesOf(list)}\n${text}`);
    expect(text).toMatch(/verify +OK/);
    expect(code).toBe(0);
    await until(
      'the journal to be drained',
      async () => (await rollupDifferencesAt(embeddedUrl(dataDir()))).length === 0,
    );
  },
  LONGEST_TEST_MS,
);
