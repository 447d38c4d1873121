import { simulate } from '../../src/simulator/simulation.js';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { REFUSED, UNAVAILABLE, Receiver, type Arrival, type Behave, type Behaviour } from './receiver.js';
import { SilentProgress } from './silent-progress.js';

let receiver: Receiver | undefined;

afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

async function run(
  behave: Behave,
  campaign: Parameters<typeof campaignOptions>[0] = {},
  changes: Partial<SimulatorOptions> = {},
  signal: AbortSignal = new AbortController().signal,
) {
  receiver = await Receiver.listening(behave);
  const options = simulatorOptions(receiver.url, campaignOptions(campaign), { verify: false, ...changes });
  const { tally, interrupted } = await simulate(options, new SilentProgress(), signal);
  return { tally, interrupted, arrivals: receiver.arrivals };
}

/** The times between the arrivals of one body, in milliseconds. */
function gaps(arrivals: readonly Arrival[]): number[] {
  return arrivals.slice(1).map(({ atMs }, index) => atMs - (arrivals[index]?.atMs ?? 0));
}

/** `callId` and `statusMsg` of the records in a body. */
function recordsOf({ body }: Arrival): { callId: string; statusMsg: string }[] {
  const records: unknown = JSON.parse(body.toString());
  if (!Array.isArray(records)) throw new Error('no array');
  return records.filter(isRecord);
}

function isRecord(record: unknown): record is { callId: string; statusMsg: string } {
  return typeof record === 'object' && record !== null && 'callId' in record && 'statusMsg' in record;
}

const oneCall = { calls: 1, batchSize: 1, tasks: 1, batches: 1 };
const vendor = { rate: null, concurrency: 1, maxRetries: 3, timeScale: 0.001 };

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

  test('tries again 1, 5 and 10 minutes after a failure, and then gives up', async () => {
    const { tally, arrivals } = await run(() => UNAVAILABLE, oneCall, { vendor });
    expect(arrivals).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = gaps(arrivals);
    // A thousandth of the time: 60, 300 and 600 ms; the server may run late by more than a timer's grain.
    expect(first).toBeGreaterThanOrEqual(58);
    expect(first).toBeLessThan(290);
    expect(second).toBeGreaterThanOrEqual(298);
    expect(second).toBeLessThan(590);
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
    const { arrivals } = await run(() => UNAVAILABLE, oneCall, { vendor: { ...vendor, maxRetries: 0 } });
    expect(arrivals).toHaveLength(1);
  });

  test('does not wait longer than the time-out for an answer', async () => {
    const { tally, arrivals } = await run(({ attempt }) => (attempt === 1 ? 'never' : 'ok'), oneCall, {
      timeOutMs: 150,
      vendor: { ...vendor, timeScale: 0.000_001 },
    });
    const [gap = 0] = gaps(arrivals);
    expect(gap).toBeGreaterThanOrEqual(140);
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

  test('sends a correction only when all that carries the first version is settled', async () => {
    const campaign = { calls: 400, batchSize: 10, corrections: 0.3, duplicates: 0.5, reorder: 0.3 };
    const acknowledged = new Map<string, boolean>();
    const { arrivals } = await run((arrival) => {
      const ok = arrival.attempt > 2 || arrival.body.length % 3 > 0;
      acknowledged.set(arrival.body.toString(), ok);
      return ok ? 'ok' : UNAVAILABLE;
    }, campaign);
    const isCorrection = (message: string) => message === 'Corrected by carrier' || message === '运营商更正';
    const corrected = new Set<string>();
    let overtaken = 0;
    for (const { callId, statusMsg } of arrivals.flatMap(recordsOf)) {
      if (isCorrection(statusMsg)) corrected.add(callId);
      else if (corrected.has(callId)) overtaken += 1;
    }
    expect(corrected.size).toBeGreaterThan(60);
    expect(overtaken).toBe(0);
    expect([...acknowledged.values()]).not.toContain(false);
  });

  test('keeps to the rate', async () => {
    const begun = performance.now();
    await run(() => 'ok', { calls: 60, batchSize: 10 }, { vendor: { ...vendor, rate: 200 } });
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
      { vendor: { ...vendor, concurrency: 3, maxRetries: 0 } },
    );
    expect(most).toBe(3);
    expect(tally.pushesAcknowledged).toBe(21);
  });

  test('stops at the signal, finishes what is under way and counts the rest as unfinished', async () => {
    const interruption = new AbortController();
    const { tally, interrupted, arrivals } = await run(
      ({ attempt }) => {
        if (attempt === 1 && receiver?.arrivals.length === 3) interruption.abort();
        return receiver?.arrivals.length === 1 ? UNAVAILABLE : 'ok';
      },
      { calls: 400, batchSize: 2 },
      { vendor: { ...vendor, timeScale: 100 } },
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
