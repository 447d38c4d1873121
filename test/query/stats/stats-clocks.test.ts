// Buckets where clocks are strange: held against the number of quarter-hours in each.
import { describe, expect, it } from 'vitest';
import { pushed } from '../../contract/helpers.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { at, short, stats, withLedger } from './ask.js';

/** A call every quarter-hour of [from, to), in a ledger of its own. */
async function everyQuarter(from: string, to: string): Promise<TestLedger> {
  const ledger = await startLedger();
  const instants: string[] = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += 900_000)
    instants.push(new Date(ms).toISOString());
  await pushed(
    ledger,
    instants.map((instant) => record(instant, at(instant))),
  );
  return ledger;
}

describe('The clocks of a zone', () => {
  it.each([
    [
      ...(['America/New_York', '2025-03-08T00:00Z', '2025-03-11T00:00Z'] as const),
      ['2025-03-08T05:00 2025-03-09T05:00 96', '2025-03-09T05:00 2025-03-10T04:00 92'],
    ],
    [
      ...(['America/New_York', '2025-11-01T00:00Z', '2025-11-04T00:00Z'] as const),
      ['2025-11-01T04:00 2025-11-02T04:00 96', '2025-11-02T04:00 2025-11-03T05:00 100'],
    ],
    [
      // Midnight does not exist: the day begins at 01:00.
      ...(['America/Sao_Paulo', '2018-11-03T00:00Z', '2018-11-06T00:00Z'] as const),
      ['2018-11-03T03:00 2018-11-04T03:00 96', '2018-11-04T03:00 2018-11-05T02:00 92'],
    ],
    [
      // 30 December 2011 does not exist.
      ...(['Pacific/Apia', '2011-12-29T00:00Z', '2012-01-01T00:00Z'] as const),
      ['2011-12-29T10:00 2011-12-30T10:00 96', '2011-12-30T10:00 2011-12-31T10:00 96'],
    ],
    [
      ...(['Australia/Lord_Howe', '2025-04-04T00:00Z', '2025-04-07T00:00Z'] as const),
      ['2025-04-04T13:00 2025-04-05T13:00 96', '2025-04-05T13:00 2025-04-06T13:30 98'],
    ],
    [
      ...(['Asia/Kathmandu', '2025-06-01T00:00Z', '2025-06-04T00:00Z'] as const),
      ['2025-06-01T18:15 2025-06-02T18:15 96', '2025-06-02T18:15 2025-06-03T18:15 96'],
    ],
  ])('of %s divide %s to %s into days', async (timeZone, from, to, expected) => {
    await withLedger(everyQuarter(from, to), async (own) => {
      const days = short(await stats(own, { interval: 'day', timeZone }));
      for (const day of expected) expect(days).toContain(day);
      const sum = days.map((day) => Number(day.split(' ')[2])).reduce((a, b) => a + b, 0);
      expect(sum).toBe((Date.parse(to) - Date.parse(from)) / 900_000);
    });
  });

  it.each([
    [
      // 02:00 goes back to 01:30: the hour from 01:00 to 02:00 has 90 minutes.
      ...(['Australia/Lord_Howe', '2025-04-05T13:00Z', '2025-04-05T17:00Z'] as const),
      ['13:00 14:00 4', '14:00 15:30 6', '15:30 16:30 4', '16:30 17:30 2'],
    ],
    [
      // 02:00 goes on to 02:30: the hour from 02:00 to 03:00 has 30 minutes.
      ...(['Australia/Lord_Howe', '2025-10-04T13:30Z', '2025-10-04T17:00Z'] as const),
      ['13:30 14:30 4', '14:30 15:30 4', '15:30 16:00 2', '16:00 17:00 4'],
    ],
    [
      // 01:00 to 02:00 comes twice.
      ...(['America/New_York', '2025-11-02T04:00Z', '2025-11-02T08:00Z'] as const),
      ['04:00 05:00 4', '05:00 06:00 4', '06:00 07:00 4', '07:00 08:00 4'],
    ],
    [
      ...(['Asia/Kolkata', '2025-06-01T00:00Z', '2025-06-01T02:00Z'] as const),
      ['23:30 00:30 2', '00:30 01:30 4', '01:30 02:30 2'],
    ],
    [
      ...(['Australia/Eucla', '2025-06-01T00:00Z', '2025-06-01T02:00Z'] as const),
      ['23:15 00:15 1', '00:15 01:15 4', '01:15 02:15 3'],
    ],
  ])('of %s divide %s to %s into hours', async (timeZone, from, to, expected) => {
    await withLedger(everyQuarter(from, to), async (own) => {
      const hours = short(await stats(own, { interval: 'hour', timeZone }));
      expect(hours.map((hour) => hour.replace(/\d{4}-\d{2}-\d{2}T/g, ''))).toEqual(expected);
    });
  });

  it('are those of PUSH_TIME_ZONE by default', async () => {
    await withLedger(startLedger({ PUSH_TIME_ZONE: 'Asia/Kolkata' }), async (own) => {
      await pushed(own, [record('x', at('2025-06-01T18:30:00Z'))]);
      expect(short(await stats(own, { interval: 'day' }))).toEqual(['2025-06-01T18:30 2025-06-02T18:30 1']);
    });
  });
});
