// The database is stopped for a while, under the vendor's load. Every push must be acknowledged at its first try, and
// everything must be in the ledger once the database is back.
//
// `npm test` runs a short form; `npm run test:crash` the long one: with the waits for retries shortened tenfold, its two
// minutes stand for twenty of the vendor's.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { DatabaseServer } from '../support/database-server.js';
import { rollupDifferencesAt } from '../support/rollups.js';
import { ACCESS, freePort, healthOf, ServiceProcess, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { endVendors, FAULTS, LONGEST_TEST_MS, PATIENT, playVendor, VENDOR_PATIENCE_MS } from './vendor.js';

const OUTAGE_SECONDS = Number(process.env['OUTAGE_SECONDS'] ?? 6);
const PUSHES_A_SECOND = 50;
const CALLS_IN_PUSH = 5;
/** The vendor goes on for so long before and after. */
const AROUND_SECONDS = 5;

let folder: string;
let database: DatabaseServer;
let databaseUrl: string;
let proxy: TcpProxy;
let service: ServiceProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-outage-'));
  database = DatabaseServer.create();
  databaseUrl = await database.start();
  // The server has another port after the outage; the service knows one only.
  proxy = await TcpProxy.before(portOf(databaseUrl));
  const environment = { ...ACCESS, DATABASE_URL: proxy.through(databaseUrl) };
  service = await ServiceProcess.start(join(folder, 'data'), await freePort(), environment).ready();
});
afterAll(async () => {
  await endVendors();
  await service.end('SIGTERM');
  await proxy.refuse();
  await database.remove();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'While the database is stopped, every push is acknowledged at its first try, and nothing is missing afterwards',
  async () => {
    const pace = {
      rate: PUSHES_A_SECOND * CALLS_IN_PUSH,
      'batch-size': CALLS_IN_PUSH,
      concurrency: 32,
      'time-scale': 0.1,
    };
    const calls = (OUTAGE_SECONDS + AROUND_SECONDS) * PUSHES_A_SECOND * CALLS_IN_PUSH;
    const [{ text, code, summary }] = await Promise.all([
      playVendor({ url: service.url, calls, ...pace, ...PATIENT, ...FAULTS }, ACCESS),
      outage(),
    ]);
    const { journal } = await deliveries();
    console.log(
      `${OUTAGE_SECONDS} s without a database; ${journal} pushes came through the journal\n${text}`,
    );
    const { pushes, failures, faults, records, answerMs } = summary;
    expect({ failures, retries: pushes.retries }).toEqual({ failures: {}, retries: 0 });
    // Most are far from it on any machine; the slowest are printed above.
    expect(answerMs.p50).toBeLessThan(VENDOR_PATIENCE_MS);
    expect(records.notAcknowledged).toBe(0);
    expect(journal).toBeGreaterThan((OUTAGE_SECONDS * PUSHES_A_SECOND) / 2);
    expect([code, faults]).toEqual([0, 0]);
    expect(await rollupDifferencesAt(databaseUrl)).toEqual([]);
  },
  LONGEST_TEST_MS,
);

async function outage(): Promise<void> {
  await until('the vendor to push', async () => (await deliveries()).direct > PUSHES_A_SECOND);
  await database.stop();
  await proxy.refuse();
  expect(await healthOf(service.url)).toBe('degraded');
  await wait(OUTAGE_SECONDS * 1000);
  databaseUrl = await database.start();
  proxy.retarget(portOf(databaseUrl));
  await proxy.acceptAgain();
}

const portOf = (url: string) => Number(new URL(url).port);

/** How many deliveries came into the ledger by which way. */
async function deliveries(): Promise<{ direct: number; journal: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ via: string; count: number }>(
    'SELECT via, count(*)::int AS count FROM deliveries GROUP BY via',
  );
  await client.end();
  const counts = new Map(rows.map(({ via, count }) => [via, count]));
  return { direct: counts.get('direct') ?? 0, journal: counts.get('journal') ?? 0 };
}
