// A check and a repair that are killed in the middle, by two processes on one database, with a vendor that throttles and
// fails. The long form has 100,000 calls of 20 campaigns.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VendorApiServer } from '../../simulator/vendor-api/vendor-api-server.js';
import { campaignOptions } from '../simulator/example-options.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { rollupDifferences } from '../support/rollups.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';
import {
  Completeness,
  pushCampaign,
  type Run,
  serveVendor,
  vendorOf,
  vendorSettings,
} from './checked-ledger.js';

const CAMPAIGN = campaignOptions({
  ...{ calls: IS_LONG ? 100_000 : 3000, tasks: 20, batchSize: 100, unpushed: 0.02 },
});
const FAULTS = { throttling: 0.002, errors: 0.002, pageLimit: 50, chinese: 0.2, numberIds: 0.2 };
const known = vendorOf(CAMPAIGN);
const unpushed = known.unpushed.map((call) => known.factory.callIdOf(call)).sort();
const count = unpushed.length;
const [, token = ''] = ACCESS.PUSH_TOKENS.split('=');

const folder = mkdtempSync(join(tmpdir(), 'call-ledger-interrupted-'));
let vendor: VendorApiServer;
let database: TestDatabase;
let services: ServiceProcess[] = [];

async function start(): Promise<ServiceProcess> {
  const settings = { ...vendorSettings(vendor.url), COMPLETENESS_RATE: IS_LONG ? '1000' : '60' };
  const environment = { ...ACCESS, ...settings, DATABASE_URL: database.url, LOG_FORMAT: 'json' };
  const port = await freePort();
  const service = ServiceProcess.start(join(folder, String(port)), port, environment);
  services.push(service);
  return service.ready();
}

function completenessOf({ url, credentials }: ServiceProcess): Completeness {
  const authorization = `Bearer ${credentials.adminApiKey}`;
  return new Completeness(async (path, init = {}) => {
    const response = await fetch(`${url}${path}`, { ...init, headers: { authorization, ...init.headers } });
    return { status: response.status, body: await response.json() };
  });
}

async function kill(service: ServiceProcess): Promise<void> {
  services = services.filter((each) => each !== service);
  await service.end('SIGKILL');
}

/** The run as the database has it. */
async function runOf(id: string): Promise<Run | undefined> {
  const [run] = await database.query<Run & Record<string, unknown>>(
    'SELECT status, tasks_done AS "tasksDone", repaired FROM completeness_runs WHERE id = $1',
    [id],
  );
  return run;
}

if (IS_LONG) vi.setConfig({ testTimeout: 1_200_000 });

beforeAll(async () => {
  vendor = await serveVendor(CAMPAIGN, FAULTS);
  vendor.finish();
  database = await createDatabase();
});
afterAll(async () => {
  for (const service of services) await service.end('SIGTERM');
  await database.drop();
  await vendor.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('Two processes of which one is killed', () => {
  it('name exactly the missing calls, although the check is killed in the middle', async () => {
    const first = await start();
    await pushCampaign(first.url, CAMPAIGN, token);
    // A busy service may have taken some into its journal, which is out of reach of the next one.
    await until('all that was pushed to be in the ledger', async () => {
      const [row] = await database.query('SELECT count(*)::int AS calls FROM calls');
      return row?.['calls'] === CAMPAIGN.calls - count;
    });
    const id = await completenessOf(first).request('checks');
    await until('a part of the check', async () => Number((await runOf(id))?.tasksDone) >= 3);
    await kill(first);
    expect(await runOf(id)).toMatchObject({ status: 'running' });
    const next = await start();
    expect(await completenessOf(next).ended('checks', id)).toMatchObject({ status: 'done', tasksDone: 20 });
    const missing = await completenessOf(next).allMissing();
    expect(missing.map(({ callId }) => callId).sort()).toEqual(unpushed);
  });

  it('repair each of them once, although the one that repairs is killed in the middle', async () => {
    const [first] = services;
    if (first === undefined) throw new Error('no service');
    const other = await start();
    const id = await completenessOf(first).request('repairs');
    await until('a part of the repair', async () => {
      const { status, repaired = 0 } = (await runOf(id)) ?? {};
      if (status === 'done') throw new Error('the repair was too quick to be killed in the middle');
      return repaired >= 10;
    });
    // One of them repairs. The other one, or the one that is started next, goes on.
    await kill(first);
    const last = await start();
    await kill(other);
    expect(await completenessOf(last).ended('repairs', id)).toMatchObject({
      ...{ status: 'done', examined: count, repairable: count, repaired: count, unrepairable: 0 },
    });
    const ids = await database.query<{ call_id: string }>('SELECT call_id FROM calls WHERE pulled');
    expect(ids.map((row) => row.call_id).sort()).toEqual(unpushed);
    const [written] = await database.query(
      "SELECT sum(stored)::int AS stored, sum(records)::int AS records FROM deliveries WHERE via = 'pull'",
    );
    expect(written).toEqual({ stored: count, records: count });
  });

  it('end with the counts of the vendor, and with nothing to do', async () => {
    const [service] = services;
    if (service === undefined) throw new Error('no service');
    const completeness = completenessOf(service);
    expect(await completeness.check()).toMatchObject({ status: 'done' });
    const tasks = await completeness.tasks();
    expect(tasks.map(({ taskId, ledgerCalls }) => ({ taskId, calls: ledgerCalls }))).toEqual(known.tasks);
    for (const task of tasks) expect(task).toMatchObject({ verdict: 'complete', missing: 0 });
    expect(await completeness.repair()).toMatchObject({ status: 'done', examined: 0, repaired: 0 });
    const [counted] = await database.query('SELECT count(*)::int AS calls FROM calls');
    expect(counted).toEqual({ calls: CAMPAIGN.calls });
    expect(await database.query('SELECT 1 FROM call_revisions')).toEqual([]);
    expect(await rollupDifferences(database)).toEqual([]);
  });
});
