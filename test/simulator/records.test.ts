import { describe, expect, test } from 'vitest';
import { DateTime } from 'luxon';
import { PushBodies } from '../../simulator/pushing/push-body.js';
import { PushPlan } from '../../simulator/pushing/push-plan.js';
import { brokenBody, brokenRecord } from '../../simulator/records/broken.js';
import { CallFactory } from '../../simulator/records/call-factory.js';
import type { CallFacts } from '../../simulator/records/call-facts.js';
import type { CampaignOptions } from '../../simulator/records/campaign-options.js';
import { recordText } from '../../simulator/records/record-text.js';
import { shanghaiMidnight, shanghaiTime } from '../../simulator/records/shanghai-time.js';
import { campaignOptions } from './example-options.js';

const ALL_FAULTS = {
  duplicates: 0.2,
  corrections: 0.2,
  broken: 0.1,
  brokenBodies: 0.2,
  reorder: 0.2,
  strange: 0.3,
};

function allBodies(options: CampaignOptions): Buffer {
  const factory = new CallFactory(options);
  const plan = new PushPlan(factory);
  const bodies = new PushBodies(factory, plan);
  const windows = Array.from({ length: plan.windows }, (_, window) => plan.window(window));
  const pushes = windows.flatMap(({ first, corrections }) => [...first, ...corrections]);
  return Buffer.concat(pushes.map((push) => bodies.bodyOf(push)));
}

function allFacts(options: CampaignOptions) {
  const factory = new CallFactory(options);
  return Array.from({ length: options.calls }, (_, call) => factory.facts(call, 0));
}

describe('the seed', () => {
  test('gives the same pushes byte for byte', () => {
    const options = campaignOptions({ calls: 2000, ...ALL_FAULTS });
    const bodies = allBodies(options);
    expect(bodies.length).toBeGreaterThan(2000 * 400);
    expect(allBodies(options).equals(bodies)).toBe(true);
  });

  test('gives other ids and another course when it is another', () => {
    const one = allFacts(campaignOptions({ seed: 'one' }));
    const other = allFacts(campaignOptions({ seed: 'other' }));
    const ids = new Set(
      one.flatMap(({ callId, taskId, batchId, detailId }) => [callId, taskId, batchId, detailId]),
    );
    expect(other.filter(({ callId, taskId }) => ids.has(callId) || ids.has(taskId))).toEqual([]);
    expect(one.map(({ duration }) => duration)).not.toEqual(other.map(({ duration }) => duration));
  });

  test('gives other ids with other content options, so that runs never correct each other', () => {
    const plain = allFacts(campaignOptions());
    const faulty = allFacts(campaignOptions({ corrections: 0.1 }));
    expect(faulty[0]?.callId).not.toBe(plain[0]?.callId);
  });
});

describe('a campaign', () => {
  const facts = allFacts(campaignOptions({ calls: 2000 }));

  test('has one call id a call, and redials under the same detail later on', () => {
    expect(new Set(facts.map(({ callId }) => callId)).size).toBe(2000);
    const byDetail = new Map<string, CallFacts[]>();
    for (const call of facts) byDetail.set(call.detailId, [...(byDetail.get(call.detailId) ?? []), call]);
    expect([...new Set([...byDetail.values()].map((calls) => calls.length))].sort()).toEqual([1, 2, 3]);
    for (const calls of byDetail.values()) {
      const begun = calls.map(({ originateTime }) => originateTime);
      expect(begun).toEqual([...begun].sort((one, other) => Number(one) - Number(other)));
      expect(
        new Set(calls.map(({ callee, taskId, outId }) => `${callee} ${taskId} ${String(outId)}`)).size,
      ).toBe(1);
      expect(calls.slice(0, -1).filter(({ smartStatusCode }) => smartStatusCode === 'ANSWERED')).toEqual([]);
    }
  });

  test('has times and durations that agree with the result', () => {
    for (const call of facts) {
      if (call.startTime === null) expect([call.endTime, call.duration]).toEqual([null, 0]);
      else {
        expect(call.endTime).toBe(call.startTime + call.duration * 1000);
        expect(call.duration).toBeGreaterThan(0);
        expect(call.ringTime).toBeLessThan(call.startTime);
      }
      expect(call.originateTime).toBeLessThan(call.ringTime ?? Infinity);
    }
    const answered = facts.filter(({ smartStatusCode }) => smartStatusCode === 'ANSWERED').length;
    expect(answered / facts.length).toBeGreaterThan(0.2);
    expect(answered / facts.length).toBeLessThan(0.6);
    expect(new Set(facts.map(({ smartStatusCode }) => smartStatusCode)).size).toBeGreaterThan(8);
  });

  test('uses only numbers that nobody can have', () => {
    for (const { caller, realCaller, callee } of facts) {
      expect(callee).toMatch(/^1200\d{7}$/);
      expect(caller).toMatch(/^05710000\d{5}$/);
      expect(realCaller).toMatch(/^05710000\d{4}$/);
    }
  });

  test('corrects a call into other content under the same ids', () => {
    const factory = new CallFactory(campaignOptions());
    for (let call = 0; call < 400; call += 1) {
      const [first, second] = [factory.facts(call, 0), factory.facts(call, 1)];
      expect(second).not.toEqual(first);
      expect([second.callId, second.taskId, second.batchId]).toEqual([
        first.callId,
        first.taskId,
        first.batchId,
      ]);
      expect(second.duration).toBeGreaterThanOrEqual(first.duration);
    }
  });
});

describe('a record', () => {
  test('is written with the names, the order and the times of the vendor', () => {
    const factory = new CallFactory(campaignOptions({ tasks: 20 }));
    const facts = Array.from({ length: 400 }, (_, call) => factory.facts(call, 0));
    const call = facts.findIndex(({ startTime, bStartTime }) => startTime !== null && bStartTime !== null);
    const text = recordText(factory.facts(call, 0), factory.oddities.of(call));
    const record: unknown = JSON.parse(text);
    expect(Object.keys(typeof record === 'object' && record !== null ? record : {})).toEqual(
      (
        'taskId detailId batchId callId outId startTime endTime duration statusCode smartStatusCode statusMsg caller ' +
        'realCaller callee hangupDirection originateTime ringTime bRingTime bStartTime bEndTime bDuration ' +
        'bOriginateTime'
      ).split(' '),
    );
    expect(record).toMatchObject({ duration: factory.facts(call, 0).duration });
    expect(text).toMatch(/"startTime":"2025-09-01 \d\d:\d\d:\d\d"/);
    expect(Buffer.byteLength(text)).toBeGreaterThan(500);
    expect(Buffer.byteLength(text)).toBeLessThan(800);
  });

  test('has its times in Shanghai', () => {
    for (let ms = Date.UTC(2024, 1, 28, 15, 59, 58); ms < Date.UTC(2024, 2, 2); ms += 997_000) {
      const expected = DateTime.fromMillis(ms, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd HH:mm:ss');
      expect(shanghaiTime(ms)).toBe(expected);
    }
    const midnight = DateTime.fromISO('2025-09-01T00:00:00', { zone: 'Asia/Shanghai' });
    expect(shanghaiMidnight('2025-09-01')).toBe(midnight.toMillis());
    expect(shanghaiMidnight('2025-02-30')).toBeNaN();
  });

  test('can be strange in every legal way', () => {
    const factory = new CallFactory(campaignOptions({ strange: 1 }));
    const texts = Array.from({ length: 400 }, (_, call) =>
      recordText(factory.facts(call, 0), factory.oddities.of(call)),
    );
    const count = (pattern: RegExp) => texts.filter((text) => pattern.test(text)).length;
    expect(count(/"callId":7\d{18}[,}]/)).toBeGreaterThan(50);
    expect(count(/"taskId":\d{18}[,}]/)).toBeGreaterThan(50);
    expect(count(/"duration":"\d+"/)).toBeGreaterThan(50);
    expect(count(/"originateTime":\d{13}[,}]/)).toBeGreaterThan(50);
    expect(count(/"(ring|start)Time":""/)).toBeGreaterThan(30);
    expect(texts.filter((text) => !text.includes('"startTime"')).length).toBeGreaterThan(30);
    expect(count(/"dialogue":\{/)).toBeGreaterThan(50);
    expect(count(/"statusCode":"(200777|299001|SIP-699)"/)).toBeGreaterThan(20);
    for (const text of texts) expect(() => void JSON.parse(text)).not.toThrow();
  });
});

describe('what is broken', () => {
  test('is JSON without any callId when it is a record, each with the mark of its run', () => {
    const texts = Array.from({ length: 12 }, (_, number) => brokenRecord('123456789', number));
    expect(new Set(texts).size).toBe(12);
    for (const text of texts) {
      const record: unknown = JSON.parse(text);
      const callId =
        typeof record === 'object' && record !== null && 'callId' in record ? record.callId : null;
      expect(callId === null || callId === '').toBe(true);
      expect(text).toContain('123456789');
    }
  });

  test('is neither JSON array nor object, or no UTF-8, when it is a body', () => {
    const record = '{"callId":"x","statusMsg":"ok"}';
    for (let number = 0; number < 8; number += 1) {
      const body = brokenBody('123456789', number, record);
      expect(isPush(body)).toBe(false);
      expect(body.toString('latin1')).toContain('broken-body-123456789-');
    }
    expect(isPush(Buffer.from(`[${record}]`))).toBe(true);
  });
});

function isPush(body: Buffer): boolean {
  try {
    const content: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return typeof content === 'object' && content !== null;
  } catch {
    return false;
  }
}
