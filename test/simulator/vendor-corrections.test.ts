import { describe, expect, test } from 'vitest';
import { UNAVAILABLE, type Arrival } from './receiver.js';
import { recordsOf, run, slowly } from './vendor-run.js';

function isCorrection({ statusMsg }: { statusMsg: string }): boolean {
  return statusMsg === 'Corrected by carrier' || statusMsg === '运营商更正';
}

describe('a correction', () => {
  test('sends a correction only when all that carries the first version is settled', async () => {
    const campaign = { calls: 400, batchSize: 10, corrections: 0.3, duplicates: 0.5, reorder: 0.3 };
    const acknowledged = new Map<string, boolean>();
    const { arrivals } = await run((arrival) => {
      const ok = arrival.attempt > 2 || arrival.body.length % 3 > 0;
      acknowledged.set(arrival.body.toString(), ok);
      return ok ? 'ok' : UNAVAILABLE;
    }, campaign);
    const corrected = new Set<string>();
    let overtaken = 0;
    for (const record of arrivals.flatMap(recordsOf)) {
      if (isCorrection(record)) corrected.add(record.callId);
      else if (corrected.has(record.callId)) overtaken += 1;
    }
    expect(corrected.size).toBeGreaterThan(60);
    expect(overtaken).toBe(0);
    expect([...acknowledged.values()]).not.toContain(false);
  });

  test.each([
    ['acknowledged at last', 3],
    ['given up', Infinity],
  ])('holds corrections back until the last push of their calls is %s', async (_, acknowledgedAt) => {
    let slow: Arrival | undefined;
    const { arrivals } = await run(
      (arrival) => {
        slow ??= arrival;
        return arrival.body.equals(slow.body) && arrival.attempt < acknowledgedAt ? UNAVAILABLE : 'ok';
      },
      { calls: 80, batchSize: 10, corrections: 1 },
      { vendor: { ...slowly, timeScale: 0.003 } },
    );
    const corrections = arrivals.findIndex((arrival) => recordsOf(arrival).every(isCorrection));
    const settled = arrivals.findLastIndex(({ body }) => slow?.body.equals(body));
    expect(settled).toBeGreaterThan(8);
    expect(corrections).toBe(settled + 1);
    expect(arrivals.slice(corrections)).toHaveLength(8);
  });
});
