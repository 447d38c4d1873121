// The vendor's query API as the simulator plays it, asked by the service's client.
import { afterEach, describe, expect, it } from 'vitest';
import { type ApiFaults, NO_FAULTS } from '../../simulator/vendor-api/api-faults.js';
import type { AccessKey } from '../../simulator/vendor-api/signature-check.js';
import { VendorApiServer } from '../../simulator/vendor-api/vendor-api-server.js';
import { CallFactory } from '../../simulator/records/call-factory.js';
import { VendorApi } from '../../src/vendor-api/vendor-api.js';
import type { VendorDetail } from '../../src/vendor-api/vendor-detail.js';
import type { VendorTask } from '../../src/vendor-api/vendor-task.js';
import { campaignOptions } from '../simulator/example-options.js';

const KEY = { accessKeyId: 'made-up-id', accessKeySecret: 'made-up-secret', securityToken: undefined };
const CAMPAIGN = campaignOptions({ calls: 1000, tasks: 3, strange: 0.2, unpushed: 0.1 });
const factory = new CallFactory(CAMPAIGN);
const calls = Array.from({ length: CAMPAIGN.calls }, (_, call) => call);

let server: VendorApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(
  faults: Partial<ApiFaults> = {},
  accessKey: AccessKey | null = null,
): Promise<VendorApi> {
  server = await VendorApiServer.listening(CAMPAIGN, {
    port: 0,
    accessKey,
    faults: { ...NO_FAULTS, ...faults },
  });
  return client(KEY.accessKeySecret);
}

function client(accessKeySecret: string): VendorApi {
  const backoff = { firstMs: 1, longestMs: 2 };
  const access = { ...KEY, accessKeySecret, endpoint: server?.url ?? '' };
  return new VendorApi(access, { requestsPerSecond: 10_000, backoff, tries: 50 });
}

const never = () => new AbortController().signal;

async function tasksOf(api: VendorApi): Promise<VendorTask[]> {
  const tasks: VendorTask[] = [];
  for await (const task of api.tasks(never())) tasks.push(task);
  return tasks;
}

async function detailsOf(api: VendorApi, filter: { detailIds?: string[] } = {}): Promise<VendorDetail[]> {
  const details: VendorDetail[] = [];
  for (let task = 0; task < CAMPAIGN.tasks; task += 1)
    for (const status of ['pending', 'completed', 'failed'] as const)
      for await (const detail of api.details(
        { taskId: factory.ids.taskId(task), status, ...filter },
        never(),
      ))
        details.push(detail);
  return details;
}

describe("The simulated vendor's query API", () => {
  it('counts all calls, also those that are never pushed', async () => {
    const tasks = await tasksOf(await serve());
    const ofTask = (task: number) => calls.filter((call) => factory.taskOf(call) === task);
    expect(tasks.map(({ taskId, totalCallCount }) => [taskId, totalCallCount])).toEqual(
      [0, 1, 2].map((task) => [factory.ids.taskId(task), ofTask(task).length]),
    );
    const people = (task: number) => new Set(ofTask(task).map((call) => factory.detailOf(call)));
    expect(tasks.map(({ totalCount }) => totalCount)).toEqual([0, 1, 2].map((task) => people(task).size));
  });

  it('lists the last call to each person, with the content that a push would have', async () => {
    const details = await detailsOf(await serve());
    const last = new Map(calls.map((call) => [factory.ids.detailId(factory.detailOf(call)), call]));
    expect(details).toHaveLength(last.size);
    for (const detail of details) {
      const facts = factory.facts(last.get(detail.detailId) ?? -1, 0);
      expect(detail).toMatchObject({
        callId: facts.callId,
        outId: facts.outId,
        calledNumber: facts.callee,
        smartStatusCode: facts.smartStatusCode,
        callingTime: facts.originateTime,
        conversationDuration: facts.duration,
        status: facts.startTime === null ? 5 : 4,
      });
    }
    const listed = new Set(details.map(({ callId }) => callId));
    const unpushed = calls.filter((call) => !factory.isPushed(call));
    expect(unpushed.length).toBeGreaterThan(50);
    expect(unpushed.filter((call) => !listed.has(factory.callIdOf(call)))).toEqual([]);
  });

  it('gives the same with faults, which the client overcomes', async () => {
    const plain = await detailsOf(await serve());
    await server?.close();
    const faulty = await serve({ throttling: 0.3, errors: 0.3, chinese: 0.5, numberIds: 0.5, pageLimit: 7 });
    expect(await detailsOf(faulty)).toEqual(plain);
  });

  it('has entries without callId, half of which can be asked for', async () => {
    const api = await serve({ noCallId: 0.3 });
    const details = await detailsOf(api);
    const unlisted = details.filter(({ callId }) => callId === null);
    expect(unlisted.length / details.length).toBeCloseTo(0.3, 1);
    let named = 0;
    for (const { detailId } of unlisted) {
      const call = calls.findLast((one) => factory.ids.detailId(factory.detailOf(one)) === detailId) ?? -1;
      const taskId = factory.ids.taskId(factory.taskOf(call));
      const conversation = await api.conversation({ taskId, detailId }, never());
      expect(conversation?.detailId).toBe(detailId);
      expect([null, factory.callIdOf(call)]).toContain(conversation?.callId);
      named += conversation?.callId === null ? 0 : 1;
    }
    expect(named / unlisted.length).toBeCloseTo(0.5, 0);
  });

  it('gives one call, and none that it does not have', async () => {
    const api = await serve();
    const call = calls.find((one) => factory.facts(one, 0).hangupDirection !== null) ?? -1;
    const facts = factory.facts(call, 0);
    const { taskId, callId } = facts;
    expect(await api.conversation({ taskId, callId }, never())).toMatchObject({
      callId,
      detailId: facts.detailId,
      callerPhone: facts.caller,
      calledPhone: facts.callee,
      statusCode: facts.statusCode,
      startCallTime: facts.originateTime,
      pickUpTime: facts.startTime,
      releaseTime: facts.endTime,
      duration: facts.duration,
      hangupDirection: ['User', '用户'].includes(facts.hangupDirection ?? '') ? 'User' : 'Machine',
    });
    expect(await api.conversation({ taskId, callId: 'another' }, never())).toBeUndefined();
    await expect(api.conversation({ taskId: '1', callId }, never())).rejects.toThrow('isv.TASK_NOT_EXIST');
  });

  it('lists the details that are asked for, and those of a time', async () => {
    const api = await serve();
    const detailIds = [0, 8].map((detail) => factory.ids.detailId(detail));
    expect((await detailsOf(api, { detailIds })).map(({ detailId }) => detailId).sort()).toEqual(detailIds);
    const all = await detailsOf(api);
    const times = all.map(({ callingTime }) => callingTime ?? 0).sort((one, other) => one - other);
    const from = times[Math.floor(times.length / 2)] ?? 0;
    let later = 0;
    for (let task = 0; task < CAMPAIGN.tasks; task += 1)
      for (const status of ['completed', 'failed'] as const) {
        const filter = { taskId: factory.ids.taskId(task), status, startCallingTime: from };
        for await (const { callingTime } of api.details(filter, never()))
          later += Number((callingTime ?? 0) >= from);
      }
    expect(later).toBe(times.filter((time) => time >= from).length);
  });

  it('has calls under way until all is pushed', async () => {
    const api = await serve();
    const states = async () => (await tasksOf(api)).map(({ status, callingCount }) => [status, callingCount]);
    expect(new Set((await states()).map(String))).toEqual(new Set(['running,1']));
    server?.finish();
    expect(new Set((await states()).map(String))).toEqual(new Set(['stopped,0']));
  });

  it('refuses another access key, when it knows the right one', async () => {
    const api = await serve({}, { id: KEY.accessKeyId, secret: KEY.accessKeySecret });
    expect(await tasksOf(api)).toHaveLength(3);
    await expect(tasksOf(client('another-secret'))).rejects.toThrow('HTTP 403 SignatureDoesNotMatch');
    const unsigned = await fetch(server?.url ?? '', { method: 'POST' });
    expect([unsigned.status, await unsigned.text()]).toEqual([
      403,
      expect.stringContaining('MissingSecurityToken'),
    ]);
  });
});
