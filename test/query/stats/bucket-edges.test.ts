// Where buckets begin: held against a slow reference that looks at the clocks minute by minute.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { bucketEdges, type Interval, INTERVALS } from '../../../src/query/stats/bucket-edges.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ENOUGH = 20_000;

/** Instants near which clocks do strange things. */
const ODD_MOMENTS = [
  ['America/New_York', '2025-03-09T07:00:00Z'],
  ['America/New_York', '2025-11-02T06:00:00Z'],
  ['Australia/Lord_Howe', '2025-04-05T15:00:00Z'],
  ['Australia/Lord_Howe', '2025-10-04T15:30:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ['Pacific/Kwajalein', '1993-08-21T12:00:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00:00Z'],
  ['America/Havana', '2025-03-09T05:00:00Z'],
  ['America/Havana', '2025-11-02T05:00:00Z'],
  ['Asia/Pyongyang', '2015-08-14T15:00:00Z'],
  ['Asia/Pyongyang', '2018-05-04T15:00:00Z'],
  ['Asia/Kathmandu', '1985-12-31T18:30:00Z'],
  ['America/St_Johns', '2006-04-02T03:31:00Z'],
  ['America/St_Johns', '2006-10-29T02:31:00Z'],
  ['America/St_Johns', '1988-10-30T01:31:00Z'],
  ['Antarctica/Troll', '2025-03-30T01:00:00Z'],
  ['Africa/Casablanca', '2025-02-23T02:00:00Z'],
  ['Asia/Gaza', '2040-10-20T00:00:00Z'],
  ['America/Toronto', '1919-03-31T04:30:00Z'],
  ['Australia/Eucla', '2009-03-28T17:15:00Z'],
  ['Asia/Kolkata', '2025-06-01T00:00:00Z'],
] as const;

/** The clock's face as if it were UTC, in milliseconds. */
function face(instant: number, zone: string): number {
  return instant + DateTime.fromMillis(instant, { zone }).offset * MINUTE_MS;
}

function dateOf(localMs: number, interval: Interval): number {
  const date = new Date(localMs);
  const day =
    interval === 'month' ? 1 : date.getUTCDate() - (interval === 'week' ? (date.getUTCDay() + 6) % 7 : 0);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day);
}

/**
 * All starts in [from, to), by looking at every step. A clock start is shown, or jumped over since the step before; a
 * date start is the first sight of a date beyond all that were seen.
 */
function referenceStarts(interval: Interval, zone: string, from: number, to: number, step: number): number[] {
  const starts: number[] = [];
  // Dates seen in the days before: a date that is shown twice begins once.
  const lead = interval === '15m' || interval === 'hour' ? step : 3 * DAY_MS;
  let seen = -Infinity;
  let before = face(from - lead - step, zone);
  for (let instant = from - lead; instant < to; instant += step) {
    const now = face(instant, zone);
    const unit = interval === '15m' ? 15 * MINUTE_MS : HOUR_MS;
    const isStart =
      lead === step
        ? now % unit === 0 || (now > before + step && Math.floor(now / unit) * unit >= before + step)
        : dateOf(now, interval) > seen;
    if (isStart && instant >= from) starts.push(instant);
    seen = Math.max(seen, dateOf(now, interval));
    before = now;
  }
  return starts;
}

const SPANS: Record<Interval, [days: number, step: number]> = {
  '15m': [2, MINUTE_MS],
  hour: [2, MINUTE_MS],
  day: [4, 15 * MINUTE_MS],
  week: [16, 15 * MINUTE_MS],
  month: [64, 15 * MINUTE_MS],
};

/** The edges within a range, of which the covering ones at its ends are not all. */
async function edgesIn(interval: Interval, zone: string, from: number, to: number): Promise<number[]> {
  return (await bucketEdges(interval, zone, from, to, ENOUGH)).filter((edge) => edge >= from && edge < to);
}

function shown(instants: readonly number[]): string[] {
  return instants.map((instant) => new Date(instant).toISOString());
}

async function expectAsReference(interval: Interval, zone: string, around: number): Promise<void> {
  const [days, step] = SPANS[interval];
  const from = Math.floor(around / DAY_MS) * DAY_MS - (days / 2) * DAY_MS;
  const to = from + days * DAY_MS;
  expect({ zone, starts: shown(await edgesIn(interval, zone, from, to)) }).toEqual({
    zone,
    starts: shown(referenceStarts(interval, zone, from, to, step)),
  });
}

describe('The starts of buckets are all local starts and no others', () => {
  it.each(ODD_MOMENTS)('in %s around %s', async (zone, moment) => {
    for (const interval of INTERVALS) await expectAsReference(interval, zone, Date.parse(moment));
  });

  // Before October 1979, Kiritimati's clocks stood 10:40 behind UTC, and the reference looks at quarter-hours only.
  it('in any zone at any time since 1980', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...INTERVALS.slice(0, 4)),
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        fc.date({ min: new Date('1980-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        async (interval, zone, around) => {
          await expectAsReference(interval, zone, around.getTime());
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('The edges of a range', () => {
  it('grow, cover it, and are the same wherever the range begins', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...INTERVALS),
        fc.constantFrom(...ODD_MOMENTS),
        fc.integer({ min: -5 * DAY_MS, max: 5 * DAY_MS }),
        fc.integer({ min: 1, max: 100 * DAY_MS }),
        async (interval, [zone, moment], shift, length) => {
          const from = Date.parse(moment) + shift;
          const to = from + length;
          const edges = await bucketEdges(interval, zone, from, to, ENOUGH);
          expect([...new Set(edges)].sort((a, b) => a - b)).toEqual(edges);
          expect(edges[0]).toBeLessThanOrEqual(from);
          expect(edges[1]).toBeGreaterThan(from);
          expect(edges.at(-1)).toBeGreaterThanOrEqual(to);
          expect(edges.at(-2)).toBeLessThan(to);
          const wider = await bucketEdges(interval, zone, from - 40 * DAY_MS, to + 40 * DAY_MS, ENOUGH);
          expect(wider.filter((edge) => edge >= (edges[0] ?? 0) && edge <= (edges.at(-1) ?? 0))).toEqual(
            edges,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('begin with a start that is not after the range, at whatever instant that begins', async () => {
    for (let day = 0; day < 7; day += 1) {
      const from = Date.UTC(2025, 5, 1 + day);
      const halfHour = 30 * MINUTE_MS;
      expect(await bucketEdges('hour', 'Asia/Kolkata', from, from + 1, ENOUGH)).toEqual([
        from - halfHour,
        from + halfHour,
      ]);
    }
  });

  it('stop when there are more than asked for', async () => {
    const from = Date.parse('2025-01-01T00:00:00Z');
    expect(await bucketEdges('15m', 'UTC', from, from + 10 * 900_000, 10)).toHaveLength(11);
    expect((await bucketEdges('15m', 'UTC', from, from + 11 * 900_000, 10)).length).toBeGreaterThan(11);
    expect((await bucketEdges('month', 'UTC', from, from + 1e14, 10)).length).toBeLessThan(20);
  });

  it('leave others their turn while they are found', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    await bucketEdges('month', 'America/New_York', Date.parse('1905-01-01T00:00:00Z'), 1e13, ENOUGH);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  it('know the years before 1000 and after 9999', async () => {
    const at = (text: string) => Date.parse(text);
    expect(
      shown(await bucketEdges('day', 'UTC', at('0001-01-01T00:00:00Z'), at('0001-01-02T00:00:00Z'), 9)),
    ).toEqual(['0001-01-01T00:00:00.000Z', '0001-01-02T00:00:00.000Z']);
    expect(
      shown(await bucketEdges('month', 'UTC', at('0099-12-05T00:00:00Z'), at('0100-01-02T00:00:00Z'), 9)),
    ).toEqual(['0099-12-01T00:00:00.000Z', '0100-01-01T00:00:00.000Z', '0100-02-01T00:00:00.000Z']);
    expect(
      shown(
        await bucketEdges('day', 'Asia/Shanghai', at('9999-12-31T15:00:00Z'), at('9999-12-31T17:00:00Z'), 9),
      ),
    ).toEqual(['9999-12-30T16:00:00.000Z', '9999-12-31T16:00:00.000Z', '+010000-01-01T16:00:00.000Z']);
  });
});
