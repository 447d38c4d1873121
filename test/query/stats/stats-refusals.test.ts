// Questions that are not answered, and how they are told why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, expectProblem, object, objects, pushed, string } from '../../contract/helpers.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { at, pathOf, short, stats, withLedger } from './ask.js';

const DAY = { from: '2025-06-01T00:00:00Z', to: '2025-06-02T00:00:00Z' };

describe('A question is refused', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger();
  });
  afterAll(() => ledger.stop());

  async function refusal(parameters: Record<string, string>, of = ledger): Promise<Record<string, string>> {
    const answer = await of.get(pathOf(parameters));
    expectProblem(answer, 400);
    const errors = objects(object(answer.body)['errors']);
    return Object.fromEntries(errors.map(({ path, message }) => [string(path), string(message)]));
  }

  it.each([
    ['colour', { colour: 'red' }],
    ['limit', { limit: '5' }],
    ['detailId', { detailId: 'x' }],
    ['interval', { interval: 'year' }],
    ['interval', { interval: '' }],
    ['groupBy', { groupBy: 'callee' }],
    ['groupBy', { groupBy: '' }],
    ['groupBy', { groupBy: 'taskId,taskId' }],
    ['groupBy', { groupBy: 'taskId,constructor' }],
    ['timeZone', { timeZone: 'Mars/Phobos' }],
    ['timeZone', { timeZone: 'CST' }],
    ['from', { from: '2025-06-01T00:00:00+08:99' }],
    ['fill', { fill: 'yes' }],
    ['from', { from: 'yesterday' }],
    ['to', { to: '2025-06-01T00:00:00' }],
    ['taskId', { taskId: 'a\0b' }],
    ['compare', { ...DAY, compare: 'next' }],
    ['interval', { ...DAY, compare: 'previous', interval: 'hour' }],
    ['to', { ...DAY, compare: 'previous', to: DAY.from }],
    ['previousTo', { ...DAY, compare: 'previous', previousFrom: DAY.from, previousTo: DAY.from }],
    ['previousFrom', { ...DAY, compare: 'previous', previousFrom: '2025-05-01T00:01:00Z' }],
    ['previousFrom', { ...DAY, compare: 'previous', previousFrom: '2025-05-01T00:00:01Z' }],
    ['from', { ...DAY, compare: 'previous', from: '2025-06-01T00:01:00Z' }],
    ['previousFrom', { ...DAY, previousFrom: '2025-05-01' }],
    ['previousFrom', { from: '0001-01-01', to: '0001-01-02', timeZone: 'UTC', compare: 'previous' }],
    ['previousTo', { ...DAY, previousTo: '2025-05-01' }],
    ['to', { from: DAY.from, compare: 'previous' }],
    ['from', { to: DAY.to, groupBy: 'realCaller' }],
    ['from', { ...DAY, from: '2025-06-01T00:00:01Z', groupBy: 'realCaller' }],
    ['groupBy', { from: '2025-06-01', to: '2025-07-04', groupBy: 'source,caller' }],
    ['groupBy', { from: '2025-05-01', to: DAY.to, compare: 'previous', groupBy: 'caller' }],
  ])('for a wrong %s: %j', async (path, parameters) => {
    expect(Object.keys(await refusal(parameters as unknown as Record<string, string>))).toEqual([path]);
  });

  it('when the range is not cut at quarter-hours: named, with the nearest two', async () => {
    const errors = await refusal({ from: '2025-06-01T10:07:00+08:00', to: '2025-06-01T03:00:00.001Z' });
    expect(Object.keys(errors)).toEqual(['from', 'to']);
    expect(errors['from']).toContain('2025-06-01T02:00:00.000Z and 2025-06-01T02:15:00.000Z');
    expect(errors['to']).toContain('2025-06-01T03:00:00.000Z and 2025-06-01T03:15:00.000Z');
    // Shanghai's local mean time.
    expect(Object.keys(await refusal({ from: '1890-01-01' }))).toEqual(['from']);
  });

  it.each([
    ['Africa/Monrovia', 'day', '1971-12-31T00:00:00Z', '1972-01-03T00:00:00Z'],
    ['Asia/Shanghai', 'hour', '1890-01-01T00:00:00Z', '1890-01-02T00:00:00Z'],
    ['America/St_Johns', 'hour', '2006-04-02T00:00:00Z', '2006-04-03T00:00:00Z'],
  ])('when the clocks of %s begin a %s between quarter-hours', async (timeZone, interval, from, to) => {
    const errors = await refusal({ timeZone, interval, from, to });
    expect(Object.keys(errors)).toEqual(['timeZone']);
    expect(errors['timeZone']).toContain(timeZone);
    expect(dataOf(await ledger.get(pathOf({ timeZone, from, to })))).toEqual([]);
  });

  it('not when they do so only outside of the range', async () => {
    const range = { from: '1972-01-08T00:00:00Z', to: '1972-01-09T00:00:00Z', fill: 'true' };
    const rows = await stats(ledger, { ...range, interval: 'month', timeZone: 'Africa/Monrovia' });
    expect(short(rows)).toEqual(['1972-01-08T00:00 1972-01-09T00:00 0']);
  });

  it('when the range has more than 10,000 intervals', async () => {
    const from = '2025-01-01T00:00:00Z';
    const range = (buckets: number) => ({
      ...{
        from,
        to: new Date(Date.parse(from) + buckets * 900_000).toISOString(),
        interval: '15m',
        fill: 'true',
      },
    });
    expect(await stats(ledger, range(10_000))).toHaveLength(10_000);
    const errors = await refusal(range(10_001));
    expect(Object.keys(errors)).toEqual(['interval']);
    expect(errors['interval']).toMatch(/10000.*from and to/);
    const ever = { from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z', timeZone: 'UTC' };
    for (const interval of ['15m', 'hour', 'day', 'week', 'month']) {
      expect(Object.keys(await refusal({ ...ever, interval }))).toEqual(['interval']);
    }
    expect(await stats(ledger, { ...ever, fill: 'true' })).toMatchObject([{ calls: 0 }]);
  });

  it('when stray calls make an open range too long; a filter leaves them out', async () => {
    await withLedger(startLedger(), async (own) => {
      await pushed(own, [
        record('first', at('0001-01-01T00:00:00Z')),
        record('last', at('9999-12-31T23:59:59.999Z')),
        record('x', at('2025-06-01T00:00:00Z', { taskId: 'sane', statusCode: 'sane' })),
      ]);
      expect(Object.keys(await refusal({ interval: 'day', timeZone: 'UTC' }, own))).toEqual(['interval']);
      for (const field of ['taskId', 'statusCode']) {
        expect(await stats(own, { [field]: 'sane', interval: '15m' })).toMatchObject([{ calls: 1 }]);
      }
      const ends = await stats(own, { interval: 'day', timeZone: 'Etc/GMT+5', to: '0001-01-02T00:00:00Z' });
      expect(ends).toMatchObject([{ start: '0000-12-31T05:00:00.000Z', calls: 1 }]);
      const late = await stats(own, { interval: 'day', timeZone: 'UTC', from: '9999-12-31' });
      expect(late).toMatchObject([{ end: null, calls: 1 }]);
    });
  });

  it('when the answer would have more than 10,000 rows', async () => {
    await withLedger(startLedger(), async (own) => {
      const insert = (from: number, to: number) =>
        own.database.query(
          `WITH groups AS (
             INSERT INTO rollup_groups SELECT n, gen_random_uuid(), 'vendor', 'task-' || n, 'b' || (n % 101), '', '', ''
             FROM generate_series($1::int, $2) AS n RETURNING group_id AS n)
           INSERT INTO rollups SELECT '2025-06-01Z'::timestamptz + (n % 100) * interval '15 min', 0, 0, 0, '2025-06-01Z',
             '2025-06-01Z', n, 1, 0, 0, 0 FROM groups`,
          [from, to],
        );
      await insert(1, 10_000);
      expect(await stats(own, { groupBy: 'taskId' })).toHaveLength(10_000);
      const day = { from: '2025-06-01T00:00:00Z', to: '2025-06-02T01:00:00Z', interval: '15m' };
      expect(await stats(own, { ...day, groupBy: 'batchId' })).toHaveLength(10_000);
      // 100 quarter-hours of 101 batches.
      const errors = await refusal({ ...day, groupBy: 'batchId', fill: 'true' }, own);
      expect(Object.keys(errors)).toEqual(['groupBy']);
      expect(errors['groupBy']).toMatch(/10000.*from and to/);
      const batches = Array.from({ length: 100 }, (_, n) => `b${n}`).join(',');
      const filled = await stats(own, { ...day, groupBy: 'batchId', fill: 'true', batchId: batches });
      expect(filled).toHaveLength(10_000);
      await insert(10_001, 10_001);
      expect(Object.keys(await refusal({ groupBy: 'taskId' }, own))).toEqual(['groupBy']);
    });
  });
});
