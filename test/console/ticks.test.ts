// Where the ticks of time axes stand, held against Luxon's clocks and calendars.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { tickKind, timeTicks } from '../../console/time/ticks.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../console/time/units.js';

/** Of half hours, of quarters, with clocks that change at two, at midnight, and not at all. */
const ZONES = [
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/New_York',
  'Europe/Berlin',
  'America/Havana',
  'UTC',
];

const local = (at: number, zone: string) => DateTime.fromMillis(at, { zone });
const texts = (ticks: readonly number[], zone: string) =>
  ticks.map((at) => local(at, zone).toFormat('yyyy-MM-dd HH:mm'));

describe('The ticks of a time axis', () => {
  const ranges = fc.record({
    from: fc.date({ min: new Date('2024-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
    span: fc.oneof(
      fc.integer({ min: 5, max: 300 }).map((minutes) => minutes * MINUTE_MS),
      fc.integer({ min: 5, max: 400 }).map((hours) => hours * HOUR_MS),
      fc.integer({ min: 5, max: 4000 }).map((days) => days * DAY_MS),
    ),
    most: fc.integer({ min: 2, max: 16 }),
    zone: fc.constantFrom(...ZONES),
  });

  it('stand at even times of the zone, in order, within the range, and are not too many', () => {
    fc.assert(
      fc.property(ranges, ({ from, span, most, zone }) => {
        const start = from.getTime();
        const ticks = timeTicks(start, start + span, span / most, zone);
        expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
        expect(ticks.length).toBeLessThanOrEqual(most + 2);
        for (const at of ticks) {
          expect(at).toBeGreaterThanOrEqual(start);
          expect(at).toBeLessThanOrEqual(start + span);
          const { minute, second, millisecond } = local(at, zone);
          expect([second, millisecond]).toEqual([0, 0]);
          const isDay = local(at, zone).startOf('day').toMillis() === at;
          // Of days and longer steps, all begin days; of hours, all are full ones.
          if (span / most > 12 * HOUR_MS) expect([zone, at, isDay]).toEqual([zone, at, true]);
          else if (span / most > 30 * MINUTE_MS && !isDay) expect(minute).toBe(0);
          expect(tickKind(at, span / most, zone) === 'clock').toBe(!isDay);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('stand at each midnight of a week, and at noon, in any zone', () => {
    for (const zone of ZONES) {
      const from = DateTime.fromISO('2025-10-22', { zone });
      const to = from.plus({ days: 7 });
      const ticks = timeTicks(from.toMillis(), to.toMillis(), 10 * HOUR_MS, zone);
      const wanted = Array.from({ length: 15 }, (_, half) => {
        const day = from.plus({ days: Math.floor(half / 2) });
        return half % 2 === 0 ? day : day.set({ hour: 12 });
      });
      expect([zone, ticks]).toEqual([zone, wanted.map((at) => at.toMillis())]);
    }
  });

  it('keep to the clocks of a day of 23 hours and of one of 25', () => {
    const zone = 'Europe/Berlin';
    const ticksOf = (day: string) => {
      const from = DateTime.fromISO(day, { zone });
      const to = from.plus({ days: 1 });
      return texts(timeTicks(from.toMillis(), to.toMillis(), 2.5 * HOUR_MS, zone), zone);
    };
    const clocks = ['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00'];
    expect(ticksOf('2025-03-30').map((text) => text.slice(11))).toEqual([...clocks, '00:00']);
    expect(ticksOf('2025-10-26').map((text) => text.slice(11))).toEqual([...clocks, '00:00']);
  });

  it('stand where the day begins when the clocks skip midnight', () => {
    const zone = 'America/Havana';
    const from = DateTime.fromISO('2025-03-08', { zone }).toMillis();
    expect(texts(timeTicks(from, from + 2 * DAY_MS, 12 * HOUR_MS, zone), zone)).toEqual([
      '2025-03-08 00:00',
      '2025-03-08 12:00',
      '2025-03-09 01:00',
      '2025-03-09 12:00',
      '2025-03-10 00:00',
    ]);
  });

  it('are Mondays of some weeks, and firsts of months of a year or more, with the years named', () => {
    const zone = 'Asia/Shanghai';
    const from = DateTime.fromISO('2025-09-01', { zone }).toMillis();
    const weeks = timeTicks(from, from + 90 * DAY_MS, 6 * DAY_MS, zone);
    expect(new Set(weeks.map((at) => local(at, zone).weekday))).toEqual(new Set([1]));
    expect(weeks).toHaveLength(13);
    const months = timeTicks(from, from + 365 * DAY_MS, 40 * DAY_MS, zone);
    expect(texts(months, zone).map((text) => text.slice(0, 10))).toEqual([
      '2025-09-01',
      '2025-11-01',
      '2026-01-01',
      '2026-03-01',
      '2026-05-01',
      '2026-07-01',
      '2026-09-01',
    ]);
    expect(months.map((at) => tickKind(at, 59 * DAY_MS, zone))).toEqual([
      'day',
      'day',
      'year',
      'day',
      'day',
      'day',
      'day',
    ]);
  });

  it('are some of any range of years', () => {
    const [from, to] = [Date.parse('0001-01-01'), Date.parse('9999-12-31')];
    const ticks = timeTicks(from, to, (to - from) / 10, 'UTC');
    expect(ticks.map((at) => new Date(at).getUTCFullYear())).toEqual([
      1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000,
    ]);
  });
});
