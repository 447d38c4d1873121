// Sums by minutes are read from the calls, and come to the same as those that are read from the rollups, as long as
// nothing is erased: the rollups keep what was counted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../contract/helpers.js';
import { pushed } from '../../contract/helpers.js';
import { askFor, erased } from '../../privacy/erasing.js';
import { makeKey, withKey } from '../../support/api-keys.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { answered, at, pathOf, short, stats, withLedger } from './ask.js';

const HOUR = { from: '2025-06-01T10:00:00Z', to: '2025-06-01T11:00:00Z' };

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(ledger, [
    record('a', answered('2025-06-01T10:00:00Z', 7, 30)),
    record('b', answered('2025-06-01T10:00:59Z', 9, null, { taskId: 'task-2' })),
    record('c', at('2025-06-01T10:07:00Z', { taskId: null, hangupDirection: null })),
    // A clock was wrong: its delay counts nowhere.
    record('d', answered('2025-06-01T10:07:30Z', 200_000, 5)),
    record('e', at('2025-06-01T10:59:59Z')),
    record('f', at('2025-06-01T11:00:00Z')),
  ]);
});
afterAll(() => ledger.stop());

describe('With interval 1m', () => {
  it('each call counts in its minute', async () => {
    expect(short(await stats(ledger, { ...HOUR, interval: '1m' }))).toEqual([
      '2025-06-01T10:00 2025-06-01T10:01 2',
      '2025-06-01T10:07 2025-06-01T10:08 2',
      '2025-06-01T10:59 2025-06-01T11:00 1',
    ]);
    expect(await stats(ledger, { ...HOUR, interval: '1m', fill: 'true' })).toHaveLength(60);
  });

  it('the range may begin and end on any minute', async () => {
    const range = { from: '2025-06-01T10:07:00Z', to: '2025-06-01T10:08:00Z' };
    expect(short(await stats(ledger, { ...range, interval: '1m' }))).toEqual([
      '2025-06-01T10:07 2025-06-01T10:08 2',
    ]);
  });

  it.each(['', 'taskId', 'smartStatusCode,hangupDirection', 'source,batchId,statusCode'])(
    'grouped by "%s" the sums are those of the rollups',
    async (groupBy) => {
      const grouping: Record<string, string> = groupBy === '' ? {} : { groupBy };
      const quarters = await stats(ledger, { ...HOUR, interval: 'none', ...grouping });
      const minutes = await stats(ledger, { ...HOUR, interval: '1m', ...grouping });
      expect(summed(minutes, groupBy)).toEqual(summed(quarters, groupBy));
    },
  );

  it('a filter and the sources of a key are kept to', async () => {
    expect(await stats(ledger, { ...HOUR, interval: '1m', taskId: 'task-2' })).toMatchObject([
      { calls: 1, answered: 1, averageAnswerDelay: 9 },
    ]);
    expect(await stats(ledger, { ...HOUR, interval: '1m', source: 'other' })).toEqual([]);
    const { key } = await makeKey(ledger, { scopes: ['stats:read'], sources: ['other'] });
    const path = pathOf({ ...HOUR, interval: '1m' });
    expect((await withKey(ledger, key, path)).body).toEqual({ data: [] });
  });

  it('the delay until the answer is that of the rollups', async () => {
    const [minute] = await stats(ledger, { ...HOUR, interval: '1m' });
    const [quarter] = await stats(ledger, { ...HOUR, interval: '15m' });
    expect([minute?.['averageAnswerDelay'], quarter?.['averageAnswerDelay']]).toEqual([8, 8]);
  });

  it('empty minutes are filled in for each group', async () => {
    const rows = await stats(ledger, { ...HOUR, interval: '1m', groupBy: 'taskId', fill: 'true' });
    expect(rows).toHaveLength(3 * 60);
  });

  it('a correction moves a call to another minute, and an erased call is gone', () =>
    withLedger(startLedger(), async (own) => {
      const range = { from: '2025-06-01T10:00:00Z', to: '2025-06-01T10:15:00Z', interval: '1m' };
      await pushed(own, [record('a', at('2025-06-01T10:00:00Z', { callee: '13900000001' }))]);
      await pushed(own, [record('a', at('2025-06-01T10:05:00Z', { callee: '13900000001' }))]);
      expect(short(await stats(own, range))).toEqual(['2025-06-01T10:05 2025-06-01T10:06 1']);
      await erased(own.url, await askFor(own.url, '13900000001'));
      expect(await stats(own, range)).toEqual([]);
      expect(await stats(own, { ...range, interval: '15m' })).toMatchObject([{ calls: 1 }]);
    }));

  it.each([
    ['an open range', { from: HOUR.from }, 'to'],
    ['an end within a minute', { from: HOUR.from, to: '2025-06-01T10:30:01Z' }, 'to'],
    ['more than six hours', { from: HOUR.from, to: '2025-06-01T16:01:00Z' }, 'interval'],
  ])('%s is refused', async (_name, range, path) => {
    const answer = await ledger.get(pathOf({ ...range, interval: '1m' }));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});

/** Calls, answered ones, seconds and seconds of delay, by group. */
function summed(rows: readonly Json[], groupBy: string): Record<string, number[]> {
  const sums: Record<string, number[]> = {};
  for (const row of rows) {
    const group = JSON.stringify(groupBy.split(',').map((field) => row[field]));
    const values = [row['calls'], row['answered'], row['totalDuration']].map(Number);
    sums[group] = values.map((value, index) => value + (sums[group]?.[index] ?? 0));
  }
  return sums;
}
