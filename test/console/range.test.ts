// Ranges of time in zones whose clocks change, and in zones that are not whole hours from UTC: counted by the API's
// own buckets.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { datesIn, daysLater, fromLocal, startOfDay, toLocal } from '../../console/time/local.js';
import {
  aligned,
  before,
  isSpan,
  type Range,
  rangeOf,
  type Span,
  SPANS,
  untilNow,
} from '../../console/time/range.js';
import { DAY_MS, HOUR_MS } from '../../console/time/units.js';
import { bucketEdges } from '../../src/query/stats/bucket-edges.js';

const BERLIN = 'Europe/Berlin';
const ZONES = ['Asia/Shanghai', BERLIN, 'Asia/Kolkata', 'Asia/Kathmandu', 'America/Havana', 'UTC'];
const MOST = 10_000;
/** Noon and nights about both changes of Berlin's clocks in 2025, of which each span reaches over one. */
const MOMENTS = [
  '2025-03-30T00:10:00Z',
  '2025-03-30T10:07:31Z',
  '2025-04-02T22:20:00Z',
  '2025-10-26T00:40:00Z',
  '2025-10-26T12:53:00Z',
  '2025-11-03T23:01:00Z',
  '2025-07-01T09:00:00Z',
].map((text) => Date.parse(text));
const spans = Object.keys(SPANS).filter(isSpan);

/** How long each bucket is that the API makes of a range; milliseconds. */
async function buckets({ from, to, interval }: Range, zone: string): Promise<number[]> {
  if (interval === '1m') return Array.from({ length: (to - from) / 60_000 }, () => 60_000);
  const edges = await bucketEdges(interval, zone, from, to, MOST);
  const cut = edges.map((edge) => Math.min(Math.max(edge, from), to));
  return cut.slice(1).map((edge, index) => edge - (cut[index] ?? 0));
}

function rangeFrom(ends: Parameters<typeof rangeOf>[0], now: number, zone: string): Range {
  const { range, fault } = rangeOf(ends, now, '24h', zone);
  if (range === undefined) throw new Error(fault);
  return range;
}

function everywhere(
  check: (zone: string, now: number, span: Span, range: Range) => void | Promise<void>,
): () => Promise<void> {
  return async () => {
    for (const zone of ZONES)
      for (const now of MOMENTS)
        for (const span of spans) await check(zone, now, span, rangeFrom({ span }, now, zone));
  };
}

describe('A span', () => {
  it(
    'begins where a bucket begins and holds all of the span until now',
    everywhere(async (zone, now, span, range) => {
      const name = [zone, new Date(now).toISOString(), span];
      const [first = 0, second = 0] = await buckets(range, zone);
      expect([...name, first === second || range.interval === 'day']).toEqual([...name, true]);
      expect(range.from).toBeLessThanOrEqual(now - SPANS[span] + HOUR_MS);
      expect(range.to).toBeGreaterThanOrEqual(now);
      if (range.interval !== 'day') return;
      expect([...name, toLocal(new Date(range.from).toISOString(), zone).slice(11)]).toEqual([
        ...name,
        zone === 'America/Havana' ? expect.stringMatching(/^0[01]:00$/) : '00:00',
      ]);
      expect([...name, datesIn(range.from, now + 1, zone)]).toEqual([...name, SPANS[span] / DAY_MS + 1]);
    }),
  );

  it(
    'is compared with as many buckets before it, that end before it begins, or at the same time of the day',
    everywhere(async (zone, now, span, whole) => {
      const name = [zone, new Date(now).toISOString(), span];
      const range = untilNow(whole, now);
      const then = before(range, zone);
      const [own, others] = [await buckets(range, zone), await buckets(then, zone)];
      expect([...name, others.length]).toEqual([...name, own.length]);
      expect(range.to).toBeLessThanOrEqual(now);
      // From the hour that the beginning was widened to.
      expect(then.to).toBeLessThan(range.from + HOUR_MS);
      if (range.interval !== 'day') {
        expect([...name, others]).toEqual([...name, own]);
        return;
      }
      const clock = (at: number) => toLocal(new Date(at).toISOString(), zone).slice(11);
      expect([...name, startOfDay(then.from, zone)]).toEqual([...name, then.from]);
      expect([...name, startOfDay(range.from, zone)]).toEqual([...name, range.from]);
      expect([...name, clock(then.to)]).toEqual([...name, clock(range.to)]);
    }),
  );

  it('is none that every object has a name for', () => {
    expect(['toString', 'constructor', '__proto__', undefined, '24h'].map(isSpan)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(rangeOf({ span: 'toString' }, 0, '24h', 'UTC')).toEqual(rangeOf({}, 0, '24h', 'UTC'));
  });
});

describe('Two ends', () => {
  const now = Date.parse('2025-06-01T10:07:00Z');
  const read = (ends: Parameters<typeof rangeOf>[0]) => rangeOf(ends, now, '24h', BERLIN);

  it('are taken as they are, an open end as now, and a date as its first moment in the zone', () => {
    const to = Date.parse('2025-06-01T10:15:00Z');
    expect(read({ from: '2025-05-31T10:00:00Z', to: '2025-06-01T10:15:00Z' })).toEqual({
      range: { from: to - DAY_MS - 15 * 60_000, to, interval: '15m' },
    });
    expect(read({ from: '2025-05-31T12:00:00 02:00' })).toEqual({
      range: { from: to - DAY_MS - 15 * 60_000, to, interval: '15m' },
    });
    expect(read({ from: '2025-05-01', span: '5m' }).range?.from).toBe(Date.parse('2025-04-30T22:00:00Z'));
  });

  it.each([
    [{ from: 'yesterday' }, 'unreadable', 'yesterday'],
    [{ from: '2025-05-01', to: '2025-13-01' }, 'unreadable', '2025-13-01'],
    [{ to: 'soon' }, 'unreadable', 'soon'],
    [{ from: '2025-05-01T10:00' }, 'unreadable', '2025-05-01T10:00'],
    [{ to: '2025-05-01' }, 'noBeginning', '2025-05-01'],
    [{ from: '2025-05-02', to: '2025-05-01' }, 'reversed', '2025-05-02'],
    [{ from: '2025-05-02', to: '2025-05-02' }, 'reversed', '2025-05-02'],
    [{ from: '2025-06-02' }, 'reversed', '2025-06-02'],
  ])('%j are %s', (ends, fault, text) => {
    expect(read(ends)).toEqual({ fault, text });
  });

  it('are compared by as many buckets, however far they are apart', async () => {
    const ends = fc.record({
      from: fc.date({ min: new Date('2024-01-01'), max: new Date('2026-06-01'), noInvalidDate: true }),
      hours: fc.oneof(
        fc.double({ min: 0.1, max: 400, noNaN: true }),
        fc.double({ min: 1, max: 20_000, noNaN: true }),
      ),
      zone: fc.constantFrom(...ZONES),
      past: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(ends, async ({ from, hours, zone, past }) => {
        const end = from.getTime() + hours * HOUR_MS;
        const whole = aligned(from.getTime(), end, zone);
        const range = past ? whole : untilNow(whole, end - (hours * HOUR_MS) / 3);
        const then = before(range, zone);
        expect(then.to).toBeLessThan(range.from + HOUR_MS);
        expect((await buckets(then, zone)).length).toBe((await buckets(range, zone)).length);
      }),
      { numRuns: 300 },
    );
  });

  it('may be of any year', () => {
    for (const from of ['0001-01-01', '0050-06-01', '1899-12-31', '9999-12-31'])
      for (const zone of ZONES) {
        const { range } = rangeOf({ from, to: '9999-12-31T23:59:59Z' }, now, '24h', zone);
        if (range !== undefined) before(range, zone);
        expect(toLocal(from, zone)).toBe(`${from}T00:00`);
      }
  });
});

describe('A local time', () => {
  it('is written and read again', () => {
    const minute = fc.integer({ min: Date.UTC(2024, 0) / 60_000, max: Date.UTC(2027, 0) / 60_000 });
    fc.assert(
      fc.property(minute, fc.constantFrom(...ZONES), (at, zone) => {
        const text = toLocal(new Date(at * 60_000).toISOString(), zone);
        // Where clocks show a time twice, another instant is meant by the same text.
        expect(toLocal(fromLocal(text, zone), zone)).toBe(text);
      }),
    );
    expect(toLocal('2025-06-01T01:59:45Z', 'Asia/Shanghai')).toBe('2025-06-01T09:59');
    expect(fromLocal('2025-06-01T09:59', 'Asia/Kathmandu')).toBe('2025-06-01T04:14:00.000Z');
  });

  it('that the clocks skip is near to it, and no time is none', () => {
    const skipped = fromLocal('2025-03-30T02:30', BERLIN) ?? '';
    expect(Math.abs(Date.parse(skipped) - Date.parse('2025-03-30T01:00:00Z'))).toBeLessThanOrEqual(
      HOUR_MS / 2,
    );
    expect([fromLocal('', BERLIN), toLocal(undefined, BERLIN), toLocal('yesterday', BERLIN)]).toEqual([
      undefined,
      '',
      '',
    ]);
  });

  it('is kept days later, and begins with the day where midnight is skipped', () => {
    const at = (text: string) => Date.parse(text);
    expect(daysLater(at('2025-03-29T12:00:00Z'), 1, BERLIN)).toBe(at('2025-03-30T11:00:00Z'));
    expect(startOfDay(at('2025-03-30T12:00:00Z'), BERLIN)).toBe(at('2025-03-29T23:00:00Z'));
    // Havana's clocks went from 00:00 to 01:00.
    expect(startOfDay(at('2025-03-09T12:00:00Z'), 'America/Havana')).toBe(at('2025-03-09T05:00:00Z'));
    expect(daysLater(at('2025-03-08T05:00:00Z'), 1, 'America/Havana')).toBe(at('2025-03-09T05:00:00Z'));
    // In autumn they showed midnight twice.
    expect(startOfDay(at('2025-11-02T12:00:00Z'), 'America/Havana')).toBe(at('2025-11-02T04:00:00Z'));
  });
});
