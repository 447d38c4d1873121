// Calls that are known both ways prove or refute PUSH_TIME_ZONE. And a service that checks and repairs by itself.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { object } from '../contract/helpers.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { samplesOf } from '../support/metrics.js';
import { until } from '../support/service.js';
import { Completeness } from './checked-ledger.js';
import { ToldVendor } from './told-vendor.js';

const TASK = '118100000000000001';
const AT = Date.parse('2025-06-01T02:00:00Z');

let vendor: Awaited<ReturnType<typeof ToldVendor.listening>>;
let ledger: TestLedger | undefined;

beforeEach(async () => {
  vendor = await ToldVendor.listening();
});
afterEach(async () => {
  await ledger?.stop();
  ledger = undefined;
  await vendor.server.close();
});

/** The vendor calls three people at 10:00 in Shanghai, and pushes two of the calls. */
async function withPushes(settings: Record<string, string>): Promise<TestLedger> {
  const entries = [1, 2, 3].map((number) => ({
    detailId: `900000000${number}`,
    callId: `call-${number}`,
    callingTime: AT + number * 1000,
  }));
  vendor.tasks = [{ taskId: TASK, entries }];
  const started = await startLedger({ ...ToldVendor.settingsOf(vendor.server.access), ...settings });
  ledger = started;
  await started.push(
    entries.slice(1).map(({ detailId, callId }) => ({
      ...{
        callId,
        taskId: TASK,
        detailId,
        originateTime: '2025-06-01 10:00:05',
        smartStatusCode: 'NO_ANSWER',
      },
    })),
  );
  return started;
}

const zoneOf = async (of: TestLedger) => object((await of.get('/v1/status')).body)['pushTimeZone'];
const gauge = async (of: TestLedger, name: string) => samplesOf((await of.get('/metrics')).text).get(name);

describe('The time zone of pushes', () => {
  it.each([
    ['Asia/Shanghai', { state: 'proved', offsetMinutes: 0, problem: null }],
    [
      'UTC',
      {
        state: 'refuted',
        offsetMinutes: 480,
        problem: expect.stringMatching(/PUSH_TIME_ZONE=UTC is wrong.* 8 hours late/),
      },
    ],
    [
      'America/New_York',
      { state: 'refuted', offsetMinutes: 720, problem: expect.stringContaining('12 hours late') },
    ],
  ])('%s is held against the epoch times of the vendor', async (zone, finding) => {
    const of = await withPushes({ PUSH_TIME_ZONE: zone });
    expect(await zoneOf(of)).toEqual({ zone, state: 'unknown', offsetMinutes: null, problem: null });
    await Completeness.of(of).check();
    expect(await zoneOf(of)).toEqual({ zone, ...finding });
    const name = 'call_ledger_push_time_zone_offset_seconds';
    await until('the metric', async () => (await gauge(of, name)) === finding.offsetMinutes * 60);
    await until('the missing calls', async () => (await gauge(of, 'call_ledger_missing_calls')) === 1);
    // A pulled call has the vendor's own times, whatever the time zone is.
    await Completeness.of(of).repair();
    expect((await of.get('/v1/calls/call-1')).body).toMatchObject({
      originateTime: '2025-06-01T02:00:01.000Z',
    });
  });
});

describe('A service with COMPLETENESS_INTERVAL and COMPLETENESS_REPAIR', () => {
  it('checks and repairs by itself', async () => {
    const of = await withPushes({ COMPLETENESS_INTERVAL: '1s', COMPLETENESS_REPAIR: 'on' });
    await until('the repair', async () => (await of.get('/v1/calls/call-1')).status === 200);
    const completeness = Completeness.of(of);
    await until('the verdict', async () => (await completeness.tasks())[0]?.verdict === 'complete');
    const { completeness: summary } = object((await of.get('/v1/status')).body);
    expect(summary).toEqual({ missingCalls: 0, checkedAt: expect.any(String) });
  });
});

describe('A service without an access key', () => {
  it('refuses checks, and says which setting it lacks', async () => {
    ledger = await startLedger();
    const init = {
      method: 'POST',
      body: '{}',
      headers: { authorization: 'Bearer api-key-of-the-tests-of-32-characters' },
    };
    for (const kind of ['checks', 'repairs'])
      expect(await ledger.request(`/v1/completeness/${kind}`, init)).toMatchObject({
        ...{ status: 409, body: { detail: expect.stringContaining('ALIYUN_ACCESS_KEY_ID') } },
      });
    expect(object((await ledger.get('/v1/status')).body)['completeness']).toBeNull();
    expect((await ledger.get('/v1/completeness')).body).toMatchObject({ data: [] });
  });
});
