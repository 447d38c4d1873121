import { describe, expect, test } from 'vitest';
import { simulate } from '../../simulator/simulation.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { UNAVAILABLE, Receiver, type Arrival } from './receiver.js';
import { SilentProgress } from './silent-progress.js';
import { oneCall, run, slowly } from './vendor-run.js';

/** The times between the arrivals of one body, in milliseconds. */
function gaps(arrivals: readonly Arrival[]): number[] {
  return arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index]?.atMs ?? 0));
}

describe('a push that fails', () => {
  test('tries again 1, 5 and 10 minutes after a failure, and then gives up', async () => {
    const { tally, arrivals } = await run(() => UNAVAILABLE, oneCall, { vendor: slowly });
    expect(arrivals).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = gaps(arrivals);
    // A thousandth of the time: 60, 300 and 600 ms, less what timers may be early.
    expect(first).toBeGreaterThanOrEqual(58);
    expect(second).toBeGreaterThanOrEqual(298);
    expect(third).toBeGreaterThanOrEqual(598);
    expect(tally).toMatchObject({ attempts: 4, retries: 3, pushesGivenUp: 1, recordsGivenUp: 1 });
    expect(tally).toMatchObject({ pushesAcknowledged: 0, recordsAcknowledged: 0 });
    expect(Object.fromEntries(tally.failures)).toEqual({ '503': 4 });
  });

  test('pushes the identical body again and stops once it is acknowledged', async () => {
    const { tally, arrivals } = await run(({ attempt }) => (attempt < 3 ? UNAVAILABLE : 'ok'), oneCall);
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(tally).toMatchObject({ recordsSent: 1, recordsAcknowledged: 1, retries: 2, pushesGivenUp: 0 });
  });

  test('keeps to --max-retries', async () => {
    const { arrivals } = await run(() => UNAVAILABLE, oneCall, { vendor: { ...slowly, maxRetries: 0 } });
    expect(arrivals).toHaveLength(1);
  });

  test('does not wait longer than the time-out for an answer', async () => {
    const { tally, arrivals } = await run(({ attempt }) => (attempt === 1 ? 'never' : 'ok'), oneCall, {
      timeOutMs: 1500,
      vendor: { ...slowly, timeScale: 0.000_001 },
    });
    const [gap = 0] = gaps(arrivals);
    expect(gap).toBeGreaterThan(500);
    expect(gap).toBeLessThan(30_000);
    expect(tally).toMatchObject({ timeOuts: 1, retries: 1, recordsAcknowledged: 1 });
  });

  test('takes a dropped connection, and nobody listening, for a failure', async () => {
    const dropped = await run(({ attempt }) => (attempt === 1 ? 'drop' : 'ok'), oneCall);
    expect(Object.fromEntries(dropped.tally.failures)).toEqual({ ECONNRESET: 1 });
    expect(dropped.tally.recordsAcknowledged).toBe(1);

    const gone = await Receiver.listening(() => 'ok');
    const { url } = gone;
    await gone.close();
    const options = simulatorOptions(url, campaignOptions(oneCall), { verify: false });
    const progress = new SilentProgress();
    const { tally } = await simulate(options, progress, new AbortController().signal);
    expect(Object.fromEntries(tally.failures)).toEqual({ ECONNREFUSED: 4 });
    expect(progress.notes).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  test.each([
    ['no JSON', { status: 200, text: 'OK' }],
    ['no numeric code', { status: 200, text: '{"code":"0"}' }],
    ['another status', { status: 202, text: '{"code":0}' }],
  ])('takes an answer with %s for a failure', async (_, answer) => {
    const { tally } = await run(({ attempt }) => (attempt === 1 ? answer : 'ok'), oneCall);
    expect(tally).toMatchObject({ retries: 1, recordsAcknowledged: 1 });
  });

  test('does not look at the value of code', async () => {
    const { tally } = await run(() => ({ status: 200, text: '{"code":17}' }), oneCall);
    expect(tally).toMatchObject({ retries: 0, recordsAcknowledged: 1 });
  });

  test('without a rate sends nothing new while many pushes wait for their retry', async () => {
    const waiting = new Set<string>();
    let most = 0;
    await run(
      ({ body, attempt }) => {
        if (attempt === 1) waiting.add(body.toString());
        else waiting.delete(body.toString());
        most = Math.max(most, waiting.size);
        return UNAVAILABLE;
      },
      { calls: 30, batchSize: 1 },
      { vendor: { ...slowly, maxRetries: 1, timeScale: 0.005 } },
    );
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(8);
  });
});
