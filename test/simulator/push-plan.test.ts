import { describe, expect, test } from 'vitest';
import type { Push } from '../../simulator/pushing/push.js';
import { PushPlan } from '../../simulator/pushing/push-plan.js';
import { CallFactory } from '../../simulator/records/call-factory.js';
import type { CampaignOptions } from '../../simulator/records/campaign-options.js';
import { campaignOptions } from './example-options.js';

function planned(options: CampaignOptions) {
  const plan = new PushPlan(new CallFactory(options));
  const windows = Array.from({ length: plan.windows }, (_, window) => plan.window(window));
  const first = windows.flatMap((window) => window.first);
  const corrections = windows.flatMap((window) => window.corrections);
  const entries = (pushes: readonly Push[]) => pushes.flatMap((push) => [...plan.entries(push)]);
  return { plan, windows, first, corrections, entries };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the plan of pushes', () => {
  test('without faults sends each call once, in order, in full pushes', () => {
    const { first, corrections, entries } = planned(campaignOptions({ calls: 4010, batchSize: 20 }));
    expect(first).toHaveLength(201);
    expect(corrections).toEqual([]);
    expect(entries(first)).toEqual(
      upTo(4010).map((call) => ({ kind: 'call', call, version: 0, repeated: false })),
    );
  });

  test('sends the asked-for share again: whole pushes, and records in another push', () => {
    const { first, entries } = planned(campaignOptions({ calls: 20_000, batchSize: 20, duplicates: 0.1 }));
    const again = first.filter((push) => push.again);
    expect(again.length / 1000).toBeCloseTo(0.1, 1);
    const once = entries(first.filter((push) => !push.again));
    const repeated = once.filter((entry) => entry.kind === 'call' && entry.repeated);
    expect(repeated.length / 20_000).toBeCloseTo(0.1, 1);
    for (const push of first) {
      const calls = entries([push]).flatMap((entry) => (entry.kind === 'call' ? [entry.call] : []));
      expect(new Set(calls).size).toBe(calls.length);
    }
    const own = once.flatMap((entry) => (entry.kind === 'call' && !entry.repeated ? [entry.call] : []));
    expect(own).toEqual(upTo(20_000));
  });

  test('leaves out the asked-for share of the last calls to a person, everywhere', () => {
    const options = campaignOptions({
      calls: 20_000,
      batchSize: 1,
      duplicates: 0.2,
      corrections: 0.2,
      unpushed: 0.1,
    });
    const factory = new CallFactory(options);
    const { first, corrections, entries } = planned(options);
    const unpushed = upTo(20_000).filter((call) => !factory.isPushed(call));
    // Seven of ten calls are the last ones to their person.
    expect(unpushed.length / 20_000).toBeCloseTo(0.07, 2);
    expect(factory.countUnpushed()).toBe(unpushed.length);
    const sent = new Set(
      entries([...first, ...corrections]).flatMap((entry) => (entry.kind === 'call' ? [entry.call] : [])),
    );
    expect(upTo(20_000).filter((call) => !sent.has(call))).toEqual(unpushed);
    for (const push of first) expect(entries([push])).not.toEqual([]);
    const lastCalls = new Map(upTo(20_000).map((call) => [factory.detailOf(call), call]));
    for (const call of unpushed) expect(lastCalls.get(factory.detailOf(call))).toBe(call);
  });

  test('corrects only calls of the same window, each once', () => {
    const { windows, entries } = planned(
      campaignOptions({ calls: 20_000, batchSize: 20, corrections: 0.02 }),
    );
    let corrections = 0;
    for (const window of windows) {
      const own = new Set(
        entries(window.first).flatMap((entry) => (entry.kind === 'call' ? [entry.call] : [])),
      );
      const corrected = entries(window.corrections);
      for (const entry of corrected) {
        expect(entry).toMatchObject({ kind: 'call', version: 1 });
        expect(entry.kind === 'call' && own.has(entry.call)).toBe(true);
      }
      expect(new Set(corrected.map((entry) => JSON.stringify(entry))).size).toBe(corrected.length);
      corrections += corrected.length;
    }
    expect(corrections / 20_000).toBeCloseTo(0.02, 2);
  });

  test('adds broken records and bodies to the calls, and holds pushes back', () => {
    const faults = { broken: 0.1, brokenBodies: 0.1, reorder: 0.1 };
    const { first, entries } = planned(campaignOptions({ calls: 20_000, batchSize: 20, ...faults }));
    const calls = entries(first).filter((entry) => entry.kind === 'call');
    expect(calls).toHaveLength(20_000);
    expect((entries(first).length - 20_000) / 20_000).toBeCloseTo(0.1, 1);
    expect(first.filter((push) => push.content.kind === 'broken-body').length / 1000).toBeCloseTo(0.1, 1);
    const numbers = first.flatMap(({ content }) => (content.kind === 'calls' ? [content.number] : []));
    expect(numbers).not.toEqual(upTo(1000));
    expect([...numbers].sort((one, other) => one - other)).toEqual(upTo(1000));
    expect(first.filter((push) => push.heldBack).length).toBeGreaterThan(50);
  });
});
