// The ledger against the simulated vendor: what was never pushed is named, and then repaired.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VendorApiServer } from '../../simulator/vendor-api/vendor-api-server.js';
import { campaignOptions } from '../simulator/example-options.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { Completeness, pushCampaign, serveVendor, vendorOf, vendorSettings } from './checked-ledger.js';

const CAMPAIGN = campaignOptions({ calls: 2000, tasks: 4, strange: 0.1, unpushed: 0.05, corrections: 0.02 });
const known = vendorOf(CAMPAIGN);
const idsOf = (calls: readonly number[]) => calls.map((call) => known.factory.callIdOf(call)).sort();

let vendor: VendorApiServer;
let ledger: TestLedger;
let completeness: Completeness;

beforeAll(async () => {
  vendor = await serveVendor(CAMPAIGN, {
    throttling: 0.005,
    errors: 0.005,
    pageLimit: 70,
    chinese: 0.5,
    numberIds: 0.3,
  });
  ledger = await startLedger(vendorSettings(vendor.url));
  completeness = Completeness.of(ledger);
  await pushCampaign(ledger.url, CAMPAIGN);
});
afterAll(async () => {
  await ledger.stop();
  await vendor.close();
});

describe('The ledger and a vendor that did not push all calls', () => {
  it('is unsettled while calls are under way', async () => {
    expect(await completeness.check()).toMatchObject({ status: 'done', tasksDone: 4, problem: null });
    expect(await completeness.tasks()).toHaveLength(4);
    for (const task of await completeness.tasks())
      expect(task).toMatchObject({ verdict: 'unsettled', reason: expect.stringContaining('under way') });
  });

  it('names exactly the calls that were never pushed', async () => {
    vendor.finish();
    expect(await completeness.check()).toMatchObject({ status: 'done' });
    const missing = await completeness.allMissing();
    expect(missing.map(({ callId }) => callId).sort()).toEqual(idsOf(known.unpushed));
    const tasks = await completeness.tasks();
    expect(tasks.map(({ taskId, vendorCalls }) => ({ taskId, calls: vendorCalls }))).toEqual(known.tasks);
    for (const { verdict, missing: count, vendorCalls, ledgerCalls, vendorEntries, ledgerEntries } of tasks) {
      expect(verdict).toBe('missing');
      expect([count, count]).toEqual([
        Number(vendorCalls) - ledgerCalls,
        Number(vendorEntries) - Number(ledgerEntries),
      ]);
    }
  });

  it('counts what a repair would do, and does not change a call', async () => {
    const before = (await ledger.get('/v1/calls?limit=1')).body;
    const count = known.unpushed.length;
    expect(await completeness.repair({ dryRun: true })).toMatchObject({
      ...{ status: 'done', examined: count, repairable: count, repaired: 0, unrepairable: 0 },
    });
    expect((await completeness.allMissing()).length).toBe(count);
    expect((await ledger.get('/v1/calls?limit=1')).body).toEqual(before);
  });

  it('repairs them, so that the statistics equal the counts of the vendor', async () => {
    const count = known.unpushed.length;
    expect(await completeness.repair()).toMatchObject({
      ...{ status: 'done', examined: count, repairable: count, repaired: count, unrepairable: 0 },
    });
    for (const task of await completeness.tasks())
      expect(task).toMatchObject({ verdict: 'complete', missing: 0, ledgerCalls: task.vendorCalls });
    for (const { taskId, calls } of known.tasks)
      expect((await ledger.get(`/v1/tasks/${taskId}`)).body).toMatchObject({ calls });
    expect(await completeness.allMissing()).toEqual([]);
    expect((await completeness.allMissing('repaired')).map(({ callId }) => callId).sort()).toEqual(
      idsOf(known.unpushed),
    );
  });

  it('shows what the vendor knows of a repaired call, and where it comes from', async () => {
    for (const call of known.unpushed.slice(0, 20)) {
      const facts = known.factory.facts(call, 0);
      const { body } = await ledger.get(`/v1/calls/${facts.callId}`);
      const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
      expect(body).toMatchObject({
        ...{ provenance: 'pulled', source: 'vendor', revision: 1, batchId: null, realCaller: null },
        ...{ taskId: facts.taskId, detailId: facts.detailId, outId: facts.outId, callee: facts.callee },
        ...{ smartStatusCode: facts.smartStatusCode, statusCode: facts.statusCode, duration: facts.duration },
        ...{ originateTime: iso(facts.originateTime), startTime: iso(facts.startTime), warnings: null },
      });
      const { deliveryId } = body as { deliveryId: string };
      expect((await ledger.get(`/v1/deliveries/${deliveryId}`)).body).toMatchObject({ via: 'pull' });
    }
  });

  it('has nothing to do when it is repaired again', async () => {
    const counts = () => ledger.database.query('SELECT count(*) FROM call_revisions');
    const before = await counts();
    expect(await completeness.repair()).toMatchObject({ status: 'done', examined: 0, repaired: 0 });
    expect(await completeness.check()).toMatchObject({ status: 'done' });
    for (const task of await completeness.tasks()) expect(task).toMatchObject({ verdict: 'complete' });
    expect(await counts()).toEqual(before);
    const { body } = await ledger.get('/v1/schema-drift?limit=100');
    expect(JSON.stringify(body)).not.toContain('"provenance"');
  });

  it('takes a later push of a repaired call, and keeps what was pulled in the history', async () => {
    const facts = known.factory.facts(known.unpushed[0] ?? 0, 0);
    const { callId, taskId } = facts;
    await ledger.push([{ callId, taskId, batchId: 'B1', statusCode: '200000', smartStatusCode: 'ANSWERED' }]);
    expect((await ledger.get(`/v1/calls/${callId}`)).body).toMatchObject({
      ...{ provenance: 'pushed', revision: 2, batchId: 'B1' },
    });
    expect((await ledger.get(`/v1/calls/${callId}/history`)).body).toMatchObject({
      data: [{ call: { provenance: 'pushed' } }, { call: { provenance: 'pulled', batchId: null } }],
    });
  });

  it('never deletes what the vendor lacks', async () => {
    const [task] = known.tasks;
    await ledger.push([{ callId: 'surplus-1', taskId: task?.taskId, detailId: 'surplus' }]);
    await completeness.check({ taskId: task?.taskId ?? '' });
    expect((await completeness.tasks(`&taskId=${task?.taskId ?? ''}`))[0]).toMatchObject({
      ...{ verdict: 'surplus', missing: 0, reason: expect.stringContaining('1 call more') },
    });
    expect((await ledger.get('/v1/calls/surplus-1')).status).toBe(200);
  });
});
