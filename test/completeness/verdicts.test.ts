// What the ledger concludes from the vendor's answers, and what it must never do.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeKey, withKey } from '../support/api-keys.js';
import { API_KEY, OTHER_PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';
import { Completeness, type Task } from './checked-ledger.js';
import { conversation, refusal, type ToldEntry, ToldVendor } from './told-vendor.js';

const AT = Date.parse('2025-06-01T02:00:00Z');
/** As the vendor writes it: in Shanghai, without an offset. */
const PUSHED_AT = '2025-06-01 10:00:00';

let vendor: Awaited<ReturnType<typeof ToldVendor.listening>>;
let ledger: TestLedger;
let completeness: Completeness;
let made = 0;

beforeAll(async () => {
  vendor = await ToldVendor.listening();
  ledger = await startLedger(ToldVendor.settingsOf(vendor.server.access));
  completeness = Completeness.of(ledger);
});
afterAll(async () => {
  expect(vendor.server.refusals).toEqual([]);
  await ledger.stop();
  await vendor.server.close();
});
afterEach(() => {
  vendor.tasks = [];
  vendor.instead = () => undefined;
});

/** The id of a new task. */
const newTask = () => `11810000000000${(made += 1).toString().padStart(4, '0')}`;
const entryOf = (taskId: string, number: number, changes: Partial<ToldEntry> = {}): ToldEntry => ({
  ...{ detailId: `${taskId}${number}`, callId: `${taskId}-call-${number}` },
  ...changes,
});
const pushedRecord = (taskId: string, number: number, changes = {}) => ({
  ...{ callId: `${taskId}-call-${number}`, taskId, detailId: `${taskId}${number}` },
  ...{ originateTime: PUSHED_AT, statusCode: '200002', smartStatusCode: 'NO_ANSWER', callee: '13900000001' },
  ...changes,
});

async function push(...records: object[]): Promise<void> {
  expect((await ledger.push(records)).status).toBe(200);
}

async function checked(taskId: string): Promise<Task | undefined> {
  await completeness.check({ taskId });
  return (await completeness.tasks(`&taskId=${taskId}`))[0];
}

describe('A task', () => {
  it('is complete when the ledger has every call, also from answers without newer fields', async () => {
    const taskId = newTask();
    const entries = [entryOf(taskId, 1), entryOf(taskId, 2, { isListed: false })];
    vendor.tasks = [{ taskId, entries }];
    await push(pushedRecord(taskId, 1), pushedRecord(taskId, 2));
    expect(await checked(taskId)).toMatchObject({
      ...{ verdict: 'complete', missing: 0, vendorCalls: 2, ledgerCalls: 2 },
      ...{ vendorEntries: 2, ledgerEntries: 2, reason: 'The ledger has all 2 calls.' },
    });
  });

  it('lacks the last call of an entry whose earlier call it has, even if the list has no callId', async () => {
    const taskId = newTask();
    const last = entryOf(taskId, 1, {
      callId: `${taskId}-redial`,
      isListed: false,
      callingTime: AT + 300_000,
    });
    vendor.tasks = [{ taskId, totalCallCount: 2, entries: [last] }];
    await push(pushedRecord(taskId, 1));
    expect(await checked(taskId)).toMatchObject({ verdict: 'missing', missing: 1, ledgerEntries: 0 });
    expect(await completeness.missing(taskId)).toMatchObject([{ callId: `${taskId}-redial` }]);
    expect(await completeness.repair({ taskId })).toMatchObject({ status: 'done', repaired: 1 });
    expect(await checked(taskId)).toMatchObject({ verdict: 'complete' });
  });

  it('lacks the last call of an entry although the vendor never says its callId, if the times prove it', async () => {
    const taskId = newTask();
    const silent = entryOf(taskId, 1, { callId: null, callingTime: AT + 300_000 });
    vendor.tasks = [{ taskId, totalCallCount: 3, entries: [silent, entryOf(taskId, 2)] }];
    await push(pushedRecord(taskId, 1), pushedRecord(taskId, 2));
    expect(await checked(taskId)).toMatchObject({ verdict: 'missing', missing: 1, ledgerEntries: 1 });
    expect(await completeness.missing(taskId)).toMatchObject([{ detailId: silent.detailId, callId: null }]);
    expect(await completeness.repair({ taskId })).toMatchObject({ repaired: 0, unrepairable: 1 });
  });

  it('lacks earlier attempts that the vendor counts but does not list', async () => {
    const taskId = newTask();
    vendor.tasks = [{ taskId, totalCallCount: 3, entries: [entryOf(taskId, 1)] }];
    await push(pushedRecord(taskId, 1));
    expect(await checked(taskId)).toMatchObject({
      ...{ verdict: 'missing', missing: 2, reason: expect.stringContaining('earlier attempts') },
    });
    expect(await completeness.missing(taskId)).toEqual([]);
  });

  it('is unknown when entries that were never dialled could explain the difference', async () => {
    const taskId = newTask();
    const neverDialled = { callId: null, callingTime: null };
    vendor.tasks = [
      { taskId, totalCallCount: 2, entries: [entryOf(taskId, 1), entryOf(taskId, 2, neverDialled)] },
    ];
    await push(pushedRecord(taskId, 1));
    expect(await checked(taskId)).toMatchObject({
      ...{
        verdict: 'unknown',
        missing: 0,
        vendorEntries: 1,
        reason: expect.stringContaining('never dialled'),
      },
    });
  });

  it.each([
    ['calls are under way', { callingCount: 3 }, {}],
    ['an entry is not final', {}, { status: 2 }],
  ])('is unsettled while %s', async (_, ofTask, ofEntry) => {
    const taskId = newTask();
    vendor.tasks = [{ taskId, ...ofTask, entries: [entryOf(taskId, 1), entryOf(taskId, 2, ofEntry)] }];
    await push(pushedRecord(taskId, 1));
    const missing = Object.keys(ofEntry).length > 0 ? 0 : 1;
    expect(await checked(taskId)).toMatchObject({ verdict: 'unsettled', missing });
  });

  it('does not lack what has just ended while calls are under way', async () => {
    const taskId = newTask();
    const entries = [entryOf(taskId, 1, { callingTime: Date.now() - 60_000 })];
    vendor.tasks = [{ taskId, callingCount: 1, entries }];
    expect(await checked(taskId)).toMatchObject({ verdict: 'unsettled', missing: 0 });
    vendor.tasks = [{ taskId, entries }];
    expect(await checked(taskId)).toMatchObject({
      ...{ verdict: 'missing', missing: 1, reason: expect.stringContaining('may still push it') },
    });
  });

  it('is unknown when its calls came from another source', async () => {
    const taskId = newTask();
    vendor.tasks = [{ taskId, entries: [entryOf(taskId, 1)] }];
    const path = `/push/${OTHER_PUSH_TOKEN}/call-reports`;
    await ledger.request(path, { method: 'POST', body: JSON.stringify([pushedRecord(taskId, 1)]) });
    expect(await checked(taskId)).toMatchObject({
      ...{ verdict: 'unknown', vendorCalls: null, reason: expect.stringContaining('the source other') },
    });
    const limited = await makeKey(ledger, {
      scopes: ['stats:read', 'completeness:manage'],
      sources: ['other'],
    });
    for (const [method, url] of [
      ['GET', '/v1/completeness'],
      ['POST', '/v1/completeness/checks'],
    ] as const) {
      const init = method === 'GET' ? {} : { method, body: '{}' };
      const answer = await withKey(ledger, limited.key, url, init);
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('vendor') } });
    }
    const ours = await makeKey(ledger, { scopes: ['stats:read'], sources: ['vendor'] });
    const seen = await withKey(ledger, ours.key, `/v1/completeness?taskId=${taskId}`);
    expect(seen).toMatchObject({ status: 200, body: { data: [] } });
  });

  it.each([
    ['refuses the access key', refusal('NoPermission', 'no rights for 13900000007'), 'NoPermission'],
    [
      'gives no number as a number',
      { data: { Total: 1, List: [{ TaskId: 't', TotalCallCount: 'many' }] } },
      'TotalCallCount',
    ],
  ])('is unknown when the vendor %s, and the reason shows no number', async (_, reply, reason) => {
    const taskId = newTask();
    await push(pushedRecord(taskId, 1));
    vendor.instead = () => reply;
    const task = await checked(taskId);
    expect(task).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining(reason) });
    expect(task?.reason).not.toContain('13900000007');
  });

  it('is unknown when the vendor does not know it, and a run fails if nobody does', async () => {
    const taskId = newTask();
    await push(pushedRecord(taskId, 1));
    expect(await checked(taskId)).toMatchObject({ verdict: 'unknown', ledgerCalls: 1 });
    expect(await completeness.check({ taskId: 'typed wrongly' })).toMatchObject({
      ...{ status: 'failed', problem: expect.stringContaining('typed wrongly') },
    });
    expect(await completeness.tasks('&taskId=typed wrongly')).toEqual([]);
  });
});

describe('A repair', () => {
  it('does not guess: another call, or none, is unrepairable, and a later repair tries again', async () => {
    const taskId = newTask();
    const entries = [1, 2, 3, 4].map((number) => entryOf(taskId, number, { isListed: number === 4 }));
    vendor.tasks = [{ taskId, entries }];
    const [first] = entries;
    vendor.instead = ({ action, parameters }) => {
      if (action !== 'QueryConversationDetailInfoNew' || first === undefined) return undefined;
      const number = Number(String(parameters['DetailId'] ?? parameters['CallId']).at(-1));
      const [task] = vendor.tasks;
      if (number === 1) return { data: null };
      if (number === 2 && task !== undefined)
        return { data: { ...conversation(task, first), CallId: undefined, DetailId: entries[1]?.detailId } };
      if (number === 3 && task !== undefined) return { data: conversation(task, first) };
      return undefined;
    };
    expect(await completeness.repair({ taskId })).toMatchObject({
      ...{ status: 'done', examined: 4, repairable: 1, repaired: 1, unrepairable: 3 },
    });
    expect((await completeness.missing(taskId, 'unrepairable')).map(({ reason }) => reason)).toEqual([
      'The vendor has no call of this entry any more.',
      'The vendor does not say the callId, without which a call cannot be kept.',
      'The vendor answered with the call of another entry.',
    ]);
    expect((await completeness.tasks(`&taskId=${taskId}`))[0]).toMatchObject({
      verdict: 'missing',
      missing: 3,
    });
    vendor.instead = () => undefined;
    expect(await completeness.repair({ taskId })).toMatchObject({
      examined: 3,
      repaired: 3,
      unrepairable: 0,
    });
    expect((await completeness.tasks(`&taskId=${taskId}`))[0]).toMatchObject({ verdict: 'complete' });
  });

  it('keeps no hash of a number, and no field that the vendor lacks', async () => {
    const taskId = newTask();
    vendor.tasks = [
      {
        taskId,
        entries: [entryOf(taskId, 1, { number: 'c4ca4238a0b923820dcc509a6f75849b', encryptionType: 1 })],
      },
    ];
    await completeness.repair({ taskId });
    expect((await ledger.get(`/v1/calls/${taskId}-call-1`)).body).toMatchObject({
      ...{ callee: null, ringTime: null, bStartTime: null, extra: null, warnings: null },
      ...{ hangupDirection: 'Machine', originateTime: '2025-06-01T02:00:00.000Z' },
    });
  });

  it('never brings back a call that was erased, nor one of an erased number', async () => {
    const taskId = newTask();
    const number = '13900000042';
    await push(pushedRecord(taskId, 1, { callee: number }), pushedRecord(taskId, 3));
    const request = { method: 'POST', body: JSON.stringify({ number, reason: 'a test' }) };
    const erase = await withKey(ledger, API_KEY, '/v1/erasures', request);
    const { id } = erase.body as { id: string };
    await until('the erasure', async () => {
      return ((await ledger.get(`/v1/erasures/${id}`)).body as { status: string }).status === 'done';
    });
    // The second was never pushed. The third is another person's.
    const entries = [1, 2, 3].map((each) =>
      entryOf(taskId, each, each < 3 ? { number, isListed: each !== 1 } : {}),
    );
    vendor.tasks = [{ taskId, entries }];
    expect(await checked(taskId)).toMatchObject({
      ...{
        verdict: 'complete',
        missing: 0,
        ledgerEntries: 3,
        reason: expect.stringContaining('erased number'),
      },
    });
    expect(await completeness.repair({ taskId })).toMatchObject({ examined: 0, repaired: 0 });
    for (const each of [1, 2])
      expect((await ledger.get(`/v1/calls/${taskId}-call-${each}`)).status).toBe(404);
  });

  it('changes no call that a push brings first', async () => {
    const taskId = newTask();
    vendor.tasks = [{ taskId, entries: [entryOf(taskId, 1)] }];
    expect(await checked(taskId)).toMatchObject({ verdict: 'missing' });
    vendor.instead = ({ action }) => {
      // The push arrives while the repair waits for the vendor's answer.
      if (action === 'QueryConversationDetailInfoNew' && !arrived) {
        arrived = true;
        pushing = push(pushedRecord(taskId, 1, { batchId: 'B7' }));
      }
      return undefined;
    };
    let arrived = false;
    let pushing: Promise<void> | undefined;
    await completeness.repair({ taskId });
    await pushing;
    expect((await ledger.get(`/v1/calls/${taskId}-call-1`)).body).toMatchObject({
      provenance: 'pushed',
      batchId: 'B7',
    });
    expect(await checked(taskId)).toMatchObject({ verdict: 'complete', ledgerCalls: 1 });
  });
});

describe('Requests', () => {
  it('need an access key, a scope and a known id', async () => {
    const reader = await makeKey(ledger, { scopes: ['stats:read'] });
    const post = { method: 'POST', body: '{}' };
    expect((await withKey(ledger, reader.key, '/v1/completeness/checks', post)).status).toBe(403);
    expect((await ledger.get('/v1/completeness/never-checked/missing')).status).toBe(404);
    expect((await ledger.get('/v1/completeness/repairs/01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f')).status).toBe(
      404,
    );
    const { body } = await ledger.get('/v1/audit-events?action=repair.requested,repair.done&limit=1');
    expect(body).toMatchObject({ data: [{ action: 'repair.done', keyId: null }] });
  });

  it('start another run after the one that runs', async () => {
    const taskId = newTask();
    vendor.tasks = [{ taskId, entries: [] }];
    let asked = false;
    vendor.instead = () => {
      asked = true;
      return undefined;
    };
    const first = await completeness.request('checks', { taskId });
    await until('the first run', () => Promise.resolve(asked));
    const second = await completeness.request('checks', { taskId });
    expect(second).not.toBe(first);
    expect(await completeness.ended('checks', second)).toMatchObject({ status: 'done' });
  });
});
