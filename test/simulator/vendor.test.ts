import { describe, expect, test } from 'vitest';
import { REFUSED, UNAVAILABLE, type Arrival, type Behaviour } from './receiver.js';
import { recordsOf, run, slowly } from './vendor-run.js';

describe('the vendor', () => {
  test('pushes every call to the token path and counts what was acknowledged', async () => {
    const { tally, arrivals } = await run(() => 'ok');
    expect(arrivals).toHaveLength(20);
    expect(new Set(arrivals.map(({ path }) => path))).toEqual(
      new Set(['/push/a-token-of-16-characters/call-reports']),
    );
    expect(new Set(arrivals.flatMap(recordsOf).map(({ callId }) => callId)).size).toBe(400);
    expect(tally).toMatchObject({
      recordsSent: 400,
      recordsAcknowledged: 400,
      pushesAcknowledged: 20,
      retries: 0,
    });
    expect(tally.answerTimes.percentile(0.5)).toBeGreaterThan(0);
  });

  test('expects 400 for a broken body and does not push it again', async () => {
    const campaign = { calls: 100, batchSize: 5, brokenBodies: 1 };
    const isBroken = ({ body }: Arrival) => body.toString('latin1').includes('broken-body-');
    const { tally, arrivals } = await run((arrival) => (isBroken(arrival) ? REFUSED : 'ok'), campaign);
    expect(arrivals.filter(isBroken)).toHaveLength(20);
    expect(tally).toMatchObject({
      bodiesRefused: 20,
      bodiesAccepted: 0,
      retries: 0,
      recordsAcknowledged: 100,
    });
    expect(tally.pushesAcknowledged).toBe(20);
  });

  test('notes a broken body that is acknowledged', async () => {
    const { tally } = await run(() => 'ok', { calls: 20, brokenBodies: 1 });
    expect(tally).toMatchObject({ bodiesRefused: 0, bodiesAccepted: 1 });
  });

  test('keeps to the rate', async () => {
    const begun = performance.now();
    await run(() => 'ok', { calls: 60, batchSize: 10 }, { vendor: { ...slowly, rate: 200 } });
    // The first push leaves at once; the others 50 ms apart.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(245);
  });

  test('never has more pushes under way than its concurrency', async () => {
    let underWay = 0;
    let most = 0;
    let release: () => void = () => undefined;
    let three = new Promise<void>((resolve) => (release = resolve));
    const { tally } = await run(
      async (): Promise<Behaviour> => {
        underWay += 1;
        most = Math.max(most, underWay);
        const company = three;
        if (underWay === 3) {
          // Leaves a fourth the time to show up.
          setTimeout(release, 30);
          three = new Promise<void>((resolve) => (release = resolve));
        }
        await company;
        underWay -= 1;
        return 'ok';
      },
      { calls: 42, batchSize: 2 },
      { vendor: { ...slowly, concurrency: 3, maxRetries: 0 } },
    );
    expect(most).toBe(3);
    expect(tally.pushesAcknowledged).toBe(21);
  });

  test('stops at the signal, finishes what is under way and counts the rest as unfinished', async () => {
    const interruption = new AbortController();
    let arrived = 0;
    const { tally, interrupted, arrivals } = await run(
      () => {
        arrived += 1;
        if (arrived === 3) interruption.abort();
        return arrived === 1 ? UNAVAILABLE : 'ok';
      },
      { calls: 400, batchSize: 2 },
      { vendor: { ...slowly, timeScale: 100 } },
      interruption.signal,
    );
    expect(interrupted).toBe(true);
    expect(arrivals).toHaveLength(3);
    expect(tally).toMatchObject({
      pushesSent: 3,
      pushesAcknowledged: 2,
      pushesUnfinished: 1,
      pushesGivenUp: 0,
    });
  });
});
