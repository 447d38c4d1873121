// What calls add up to: by range, filter, group and interval.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, pushed, pushFromOther, string } from '../../contract/helpers.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { answered, at, short, stats, withLedger } from './ask.js';

describe('The sums', () => {
  let ledger: TestLedger;

  beforeAll(async () => {
    ledger = await startLedger();
    await pushed(ledger, [
      record('a', answered('2025-06-01T00:00:00Z', 10, 60, { taskId: 'spring' })),
      record('b', answered('2025-06-01T00:14:59Z', 15.5, 30, { taskId: 'spring', hangupDirection: null })),
      record('c', answered('2025-06-01T00:15:00Z', 0, null, { taskId: 'spring', startTime: null })),
      record('d', at('2025-06-01T09:00:00Z', { taskId: 'spring', batchId: null, statusCode: null })),
      record('e', at('2025-06-02T00:00:00Z', { taskId: null })),
    ]);
    const other = [record('f', answered('2025-06-01T00:01:00Z', 20, 90, { taskId: '\u{1F4DE}' }))];
    expect((await pushFromOther(ledger, other)).status).toBe(200);
    await pushed(ledger, [record('g', at('2025-06-01T00:02:00Z', { taskId: '\uFF5E' }))]);
  });
  afterAll(() => ledger.stop());

  it('of all calls are one row, whose range is open', async () => {
    expect(await stats(ledger)).toEqual([
      {
        ...{ start: null, end: null, calls: 7, answered: 4, answerRate: 4 / 7 },
        ...{ totalDuration: 180, averageDuration: 45, averageAnswerDelay: (10 + 15.5 + 20) / 3 },
      },
    ]);
  });

  it('keep to the range, half-open, as instants or as dates of a zone', async () => {
    const range = { from: '2025-06-01T00:15:00Z', to: '2025-06-02T00:00:00Z' };
    expect(await stats(ledger, range)).toMatchObject([
      { start: '2025-06-01T00:15:00.000Z', end: '2025-06-02T00:00:00.000Z', calls: 2, totalDuration: 0 },
    ]);
    // 2025-06-01 of Shanghai, the default, ends at 16:00 UTC.
    expect(await stats(ledger, { from: '2025-06-01', to: '2025-06-02' })).toMatchObject([{ calls: 6 }]);
    const kathmandu = { from: '2025-06-01', to: '2025-06-02', timeZone: 'Asia/Kathmandu' };
    expect(await stats(ledger, kathmandu)).toMatchObject([{ start: '2025-05-31T18:15:00.000Z', calls: 6 }]);
    expect(await stats(ledger, { from: '2025-06-02T00:00:00Z' })).toMatchObject([{ end: null, calls: 1 }]);
    expect(await stats(ledger, { from: '2025-06-03', to: '2025-06-02' })).toEqual([]);
    expect(await stats(ledger, { from: '2025-06-03', to: '2025-06-02', fill: 'true' })).toEqual([]);
  });

  it('have no average where there is nothing to average', async () => {
    expect(await stats(ledger, { from: '2025-06-02T00:00:00Z' })).toMatchObject([
      { calls: 1, answered: 0, answerRate: 0, averageDuration: null, averageAnswerDelay: null },
    ]);
    // Answered, but nobody knows when: an average duration, and no average delay.
    const unknown = { from: '2025-06-01T00:15:00Z', to: '2025-06-01T00:30:00Z' };
    expect(await stats(ledger, unknown)).toMatchObject([
      { answered: 1, answerRate: 1, totalDuration: 0, averageDuration: 0, averageAnswerDelay: null },
    ]);
  });

  it('are of the calls that fit all filters; empty text fits none, as in the list of calls', async () => {
    const count = async (parameters: Record<string, string>) =>
      (await stats(ledger, parameters))[0]?.['calls'] ?? 0;
    expect(await count({ taskId: 'spring' })).toBe(4);
    expect(await count({ taskId: 'spring,\u{1F4DE}' })).toBe(5);
    expect(await count({ taskId: 'spring', smartStatusCode: 'ANSWERED' })).toBe(3);
    expect(await count({ source: 'other' })).toBe(1);
    expect(await count({ hangupDirection: 'User', taskId: 'spring' })).toBe(3);
    const ofNone: Record<string, string>[] = [
      { taskId: '' },
      { batchId: ',' },
      { statusCode: '' },
      { taskId: 'nobody' },
    ];
    for (const parameters of ofNone) {
      expect(await count(parameters)).toBe(0);
      expect(dataOf(await ledger.get(`/v1/calls?${new URLSearchParams(parameters).toString()}`))).toEqual([]);
    }
  });

  it('are split by fields in the order asked for; null stands for none', async () => {
    const rows = await stats(ledger, { groupBy: 'hangupDirection,batchId', taskId: 'spring' });
    expect(rows.map(({ hangupDirection, batchId, calls }) => [hangupDirection, batchId, calls])).toEqual([
      [null, 'batch-1', 1],
      ['User', null, 1],
      ['User', 'batch-1', 2],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['start', 'end', 'hangupDirection', 'batchId', 'calls', 'answered', 'answerRate'],
      ...['totalDuration', 'averageDuration', 'averageAnswerDelay'],
    ]);
    const bySource = await stats(ledger, { groupBy: 'source' });
    expect(bySource.map(({ source, calls }) => [source, calls])).toEqual([
      ['other', 1],
      ['vendor', 6],
    ]);
  });

  it('are in the order of bytes, filled up or not', async () => {
    for (const fill of ['false', 'true']) {
      const rows = await stats(ledger, { groupBy: 'taskId', fill });
      expect(rows.map(({ taskId }) => taskId)).toEqual([null, 'spring', '\uFF5E', '\u{1F4DE}']);
    }
  });

  it('by interval begin and end with the range and with the intervals', async () => {
    const range = {
      from: '2025-06-01T00:15:00Z',
      to: '2025-06-01T09:15:00Z',
      timeZone: 'UTC',
      interval: 'hour',
    };
    expect(short(await stats(ledger, range))).toEqual([
      '2025-06-01T00:15 2025-06-01T01:00 1',
      '2025-06-01T09:00 2025-06-01T09:15 1',
    ]);
    expect(short(await stats(ledger, { from: range.from, timeZone: 'UTC', interval: 'week' }))).toEqual([
      '2025-06-01T00:15 2025-06-02T00:00 2',
      '2025-06-02T00:00 2025-06-09T00:00 1',
    ]);
    expect(short(await stats(ledger, { to: range.to, timeZone: 'UTC', interval: 'month' }))).toEqual([
      '2025-06-01T00:00 2025-06-01T09:15 6',
    ]);
    expect(short(await stats(ledger, { interval: '15m', taskId: 'spring' }))).toEqual([
      '2025-06-01T00:00 2025-06-01T00:15 2',
      '2025-06-01T00:15 2025-06-01T00:30 1',
      '2025-06-01T09:00 2025-06-01T09:15 1',
    ]);
  });

  it('filled up name every interval of the range, of every group that occurs in it', async () => {
    const range = { from: '2025-06-01T00:00:00Z', to: '2025-06-01T00:45:00Z', interval: '15m', fill: 'true' };
    expect(short(await stats(ledger, { ...range, taskId: 'spring' }))).toEqual([
      '2025-06-01T00:00 2025-06-01T00:15 2',
      '2025-06-01T00:15 2025-06-01T00:30 1',
      '2025-06-01T00:30 2025-06-01T00:45 0',
    ]);
    const rows = await stats(ledger, { ...range, groupBy: 'source' });
    expect(rows.map(({ start, source, calls }) => [string(start).slice(11, 16), source, calls])).toEqual([
      ...[
        ['00:00', 'other', 1],
        ['00:00', 'vendor', 3],
      ],
      ...[
        ['00:15', 'other', 0],
        ['00:15', 'vendor', 1],
      ],
      ...[
        ['00:30', 'other', 0],
        ['00:30', 'vendor', 0],
      ],
    ]);
    expect(await stats(ledger, { ...range, groupBy: 'source', taskId: 'nobody' })).toEqual([]);
    expect(await stats(ledger, { taskId: 'nobody', fill: 'true' })).toMatchObject([
      { start: null, calls: 0 },
    ]);
    // An open end is that of the last call of those that are asked for.
    const open = { interval: 'hour', fill: 'true', taskId: 'spring', from: '2025-05-31T23:00:00Z' };
    const hours = await stats(ledger, open);
    expect([hours.length, short(hours)[0], short(hours).at(-1)]).toEqual([
      ...[11, '2025-05-31T23:00 2025-06-01T00:00 0', '2025-06-01T09:00 2025-06-01T10:00 1'],
    ]);
  });

  it('need an API key', async () => {
    expect((await ledger.request('/v1/stats/calls')).status).toBe(401);
  });
});

describe('A ledger without calls', () => {
  it('has no rows, but zeros where the range is given and filled up', async () => {
    await withLedger(startLedger(), async (empty) => {
      expect(await stats(empty)).toEqual([]);
      expect(await stats(empty, { interval: 'day', groupBy: 'taskId' })).toEqual([]);
      expect(await stats(empty, { interval: 'day', fill: 'true' })).toEqual([]);
      expect(await stats(empty, { interval: 'day', fill: 'true', from: '2025-06-01' })).toEqual([]);
      const range = { from: '2025-06-01', to: '2025-06-03' };
      expect(short(await stats(empty, { ...range, interval: 'day', fill: 'true' }))).toEqual([
        '2025-05-31T16:00 2025-06-01T16:00 0',
        '2025-06-01T16:00 2025-06-02T16:00 0',
      ]);
      expect(await stats(empty, { ...range, interval: 'day', fill: 'true', groupBy: 'taskId' })).toEqual([]);
      expect(await stats(empty, { fill: 'true' })).toEqual([
        {
          ...{ start: null, end: null, calls: 0, answered: 0, answerRate: null },
          ...{ totalDuration: 0, averageDuration: null, averageAnswerDelay: null },
        },
      ]);
    });
  });
});

describe('Corrections', () => {
  it('leave no empty rows behind, and no range that reaches to where a call once was', async () => {
    await withLedger(startLedger(), async (own) => {
      await pushed(own, [record('x', at('0001-01-01T00:00:00Z')), record('y', at('2025-06-01T00:00:00Z'))]);
      await pushed(own, [record('x', at('2025-06-01T02:00:00Z'))]);
      const hours = ['2025-06-01T00:00 2025-06-01T01:00 1', '2025-06-01T02:00 2025-06-01T03:00 1'];
      for (const taskId of [undefined, 'task-1']) {
        const filter = { interval: 'hour', ...(taskId !== undefined && { taskId }) };
        expect(short(await stats(own, filter))).toEqual(hours);
        expect(await stats(own, { ...filter, fill: 'true' })).toHaveLength(3);
      }
    });
  });

  it('of large sums stay exact', async () => {
    await withLedger(startLedger(), async (own) => {
      const large = ['1', '2', '3'].map((id) =>
        record(id, answered('2025-06-01T00:00:00Z', 1, 2_000_000_001)),
      );
      await pushed(own, large);
      expect(await stats(own)).toMatchObject([
        { totalDuration: 6_000_000_003, averageDuration: 2_000_000_001 },
      ]);
    });
  });
});
