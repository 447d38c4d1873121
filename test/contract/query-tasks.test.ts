// Tasks and batches: what they add up to, and that it stays right whatever is corrected.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import {
  cursorOf,
  dataOf,
  expectProblem,
  object,
  pushed,
  pushFromOther,
  string,
  type Json,
} from './helpers.js';

let ledger: TestLedger;

const answered = (duration: unknown) => ({ smartStatusCode: 'ANSWERED', duration });
const missed = { smartStatusCode: 'NO_ANSWER', startTime: null, duration: 0 };
const at = (time: string) => ({ originateTime: `2025-06-01 ${time}` });

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(ledger, [
    record('s1', { taskId: 'spring', batchId: 'b1', ...at('10:00:00'), ...answered(30) }),
    record('s2', { taskId: 'spring', batchId: 'b1', ...at('10:20:00'), ...answered(60) }),
    record('s3', { taskId: 'spring', batchId: 'b1', ...at('09:59:59'), ...missed }),
    record('s4', { taskId: 'spring', batchId: 'b2', ...at('23:00:00'), ...missed }),
    record('s5', { taskId: 'spring', batchId: null, ...at('11:00:00'), ...answered(90) }),
    record('a1', { taskId: 'autumn', batchId: 'b1', ...at('12:00:00'), ...answered('abc') }),
  ]);
  const other = await pushFromOther(ledger, [
    record('s6', { taskId: 'spring', batchId: 'b2', ...at('12:00:00.5'.slice(0, 8)), ...answered(20) }),
  ]);
  expect(other.status).toBe(200);
});
afterAll(() => ledger.stop());

const totalsOf = (row: Json) => {
  // Labels are tested in test/query/labels.test.ts.
  const { taskId, batchId, firstSeenAt, taskName, batchName, note, ...totals } = row;
  expect([taskId, batchId, firstSeenAt]).toContain(taskId);
  return totals;
};

const one = async (path: string, of = ledger): Promise<Json> => {
  const answer = await of.get(path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return object(answer.body);
};

const TOTALS = [
  'calls',
  'answered',
  'answerRate',
  'totalDuration',
  'averageDuration',
  'firstCallAt',
  'lastCallAt',
];

describe('the totals', () => {
  it('of a task are those of all its calls, from every source and batch and without one', async () => {
    const spring = await one('/v1/tasks/spring');
    expect(spring['taskId']).toBe('spring');
    expect(Object.keys(totalsOf(spring)).sort()).toEqual([...TOTALS].sort());
    expect(spring).toMatchObject({
      ...{ calls: 6, answered: 4, totalDuration: 200 },
      firstCallAt: '2025-06-01T01:59:59.000Z',
      lastCallAt: '2025-06-01T15:00:00.000Z',
    });
    expect(spring['answerRate']).toBeCloseTo(4 / 6, 3);
  });

  it('of a batch are those of its calls alone', async () => {
    const b1 = await one('/v1/tasks/spring/batches/b1');
    expect(Object.keys(totalsOf(b1)).sort()).toEqual([...TOTALS].sort());
    expect(b1).toMatchObject({
      ...{ taskId: 'spring', batchId: 'b1', calls: 3, answered: 2, totalDuration: 90 },
      firstCallAt: '2025-06-01T01:59:59.000Z',
      lastCallAt: '2025-06-01T02:20:00.000Z',
    });
    expect(b1['answerRate']).toBeCloseTo(2 / 3, 3);
    expect(await one('/v1/tasks/spring/batches/b2')).toMatchObject({
      ...{ calls: 2, answered: 1, answerRate: 0.5, totalDuration: 20 },
      firstCallAt: '2025-06-01T04:00:00.000Z',
      lastCallAt: '2025-06-01T15:00:00.000Z',
    });
    expect(await one('/v1/tasks/autumn/batches/b1')).toMatchObject({
      ...{ taskId: 'autumn', batchId: 'b1', calls: 1, answered: 1, answerRate: 1, totalDuration: 0 },
    });
  });

  it('have an average that is the same question everywhere: seconds of an answered call', async () => {
    expect((await one('/v1/tasks/spring'))['averageDuration']).toBeCloseTo(200 / 4, 2);
    expect((await one('/v1/tasks/spring/batches/b1'))['averageDuration']).toBeCloseTo(90 / 2, 2);
    expect((await one('/v1/tasks/spring/batches/b2'))['averageDuration']).toBeCloseTo(20, 2);
  });

  it('are the same in the lists as alone', async () => {
    const tasks = dataOf(await ledger.get('/v1/tasks'));
    for (const task of tasks) expect(task).toEqual(await one(`/v1/tasks/${string(task['taskId'])}`));
    expect(tasks.map(({ taskId }) => taskId).sort()).toEqual(['autumn', 'spring']);
    const batches = dataOf(await ledger.get('/v1/batches'));
    expect(batches.map(({ taskId, batchId }) => `${String(taskId)}/${String(batchId)}`).sort()).toEqual([
      'autumn/b1',
      'spring/b1',
      'spring/b2',
    ]);
    for (const { taskId, batchId, ...totals } of batches) {
      expect({ taskId, batchId, ...totals }).toEqual(
        await one(`/v1/tasks/${string(taskId)}/batches/${string(batchId)}`),
      );
    }
    const ofSpring = dataOf(await ledger.get('/v1/tasks/spring/batches'));
    expect(ofSpring.map(({ batchId }) => batchId).sort()).toEqual(['b1', 'b2']);
    for (const batch of ofSpring) expect(batches).toContainEqual(batch);
  });

  it('follow corrections: moved, changed, emptied', async () => {
    const own = await startLedger();
    try {
      await pushed(own, [
        record('m1', { taskId: 'from', batchId: 'b', ...at('10:00:00'), ...answered(10) }),
        record('m2', { taskId: 'from', batchId: 'b', ...at('11:00:00'), ...answered(20) }),
        record('m3', { taskId: 'from', batchId: 'b', ...at('12:00:00'), ...answered(30) }),
      ]);
      await pushed(own, [record('m1', { taskId: 'to', batchId: 'b', ...at('10:00:00'), ...answered(10) })]);
      await pushed(own, [record('m3', { taskId: 'from', batchId: 'b', ...at('12:00:00'), ...missed })]);
      for (const path of ['/v1/tasks/from', '/v1/tasks/from/batches/b']) {
        expect(await one(path, own)).toMatchObject({
          ...{ calls: 2, answered: 1, answerRate: 0.5, totalDuration: 20, averageDuration: 20 },
          firstCallAt: '2025-06-01T03:00:00.000Z',
          lastCallAt: '2025-06-01T04:00:00.000Z',
        });
      }
      expect(await one('/v1/tasks/to/batches/b', own)).toMatchObject({
        ...{ calls: 1, answered: 1, totalDuration: 10 },
        firstCallAt: '2025-06-01T02:00:00.000Z',
        lastCallAt: '2025-06-01T02:00:00.000Z',
      });
      for (const callId of ['m2', 'm3']) {
        await pushed(own, [
          record(callId, { taskId: 'to', batchId: 'c', ...at('13:00:00'), ...answered(5) }),
        ]);
      }
      const emptied = await one('/v1/tasks/from', own);
      expect(emptied).toMatchObject({
        calls: 0,
        answered: 0,
        totalDuration: 0,
        firstCallAt: null,
        lastCallAt: null,
      });
      expect([0, null]).toContain(emptied['answerRate']);
      expect([0, null]).toContain(emptied['averageDuration']);
      expect(await one('/v1/tasks/to', own)).toMatchObject({ calls: 3, answered: 3, totalDuration: 20 });
      // A duplicate and a delivery that comes again add nothing.
      await pushed(own, [record('m1', { taskId: 'to', batchId: 'b', ...at('10:00:00'), ...answered(10) })]);
      expect(await one('/v1/tasks/to', own)).toMatchObject({ calls: 3, answered: 3, totalDuration: 20 });
    } finally {
      await own.stop();
    }
  });

  it('are exact for sums beyond 32 bits', async () => {
    const own = await startLedger();
    try {
      await pushed(
        own,
        [1, 2, 3].map((n) => record(`big-${n}`, { taskId: 'big', ...answered(2_000_000_000) })),
      );
      expect(await one('/v1/tasks/big', own)).toMatchObject({
        totalDuration: 6_000_000_000,
        averageDuration: 2e9,
      });
    } finally {
      await own.stop();
    }
  });
});

describe('a task or batch that nobody knows', () => {
  it.each([
    '/v1/tasks/nobody',
    '/v1/tasks/nobody/batches',
    '/v1/tasks/nobody/batches/b1',
    '/v1/tasks/spring/batches/nobody',
    '/v1/tasks/autumn/batches/b2',
    '/v1/tasks/b1',
  ])('%s is answered 404', async (path) => {
    expect(expectProblem(await ledger.get(path), 404)).toEqual([]);
  });
});

describe('the lists', () => {
  const IDS = [
    'a/b',
    'a b',
    'a%b',
    'a^*',
    '任务',
    'batches',
    ...Array.from({ length: 20 }, (_, n) => `t${n}`),
  ];
  let many: TestLedger;

  beforeAll(async () => {
    many = await startLedger();
    // All in one delivery: all of them were first seen at the same moment.
    await pushed(
      many,
      IDS.flatMap((taskId) =>
        IDS.slice(0, 3).map((batchId, n) => record(`${taskId}/${n}`, { taskId, batchId, ...answered(n) })),
      ),
    );
  });
  afterAll(() => many.stop());

  async function follow(path: string, limit: number): Promise<Json[]> {
    const shown: Json[] = [];
    let cursor: string | null = null;
    do {
      const answer = await many.get(
        `${path}?limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      const rows = dataOf(answer);
      expect(rows.length).toBeLessThanOrEqual(limit);
      shown.push(...rows);
      cursor = cursorOf(answer);
      const link = answer.headers.get('link');
      if (cursor === null) expect(link).toBeNull();
      else expect(link).toMatch(/^<[^>]+>; rel="next"$/);
    } while (cursor !== null && shown.length < 1000);
    return shown;
  }

  it.each([1, 5, 13, 26, 100])('show every task and every batch once, %d a page', async (limit) => {
    const tasks = await follow('/v1/tasks', limit);
    expect(tasks.map(({ taskId }) => string(taskId)).sort()).toEqual([...IDS].sort());
    for (const task of tasks) expect(task).toMatchObject({ calls: 3, answered: 3, totalDuration: 3 });
    const batches = await follow('/v1/batches', limit);
    const names = batches.map(({ taskId, batchId }) => JSON.stringify([taskId, batchId]));
    expect(names.sort()).toEqual(
      IDS.flatMap((taskId) => IDS.slice(0, 3).map((batchId) => JSON.stringify([taskId, batchId]))).sort(),
    );
    const ofOne = await follow('/v1/tasks/a%2Fb/batches', limit);
    expect(ofOne.map(({ batchId }) => string(batchId)).sort()).toEqual(IDS.slice(0, 3).sort());
  });

  it.each(IDS.slice(0, 6))('lead to the task "%s" and its batches', async (id) => {
    const path = `/v1/tasks/${encodeURIComponent(id)}`;
    expect(await one(path, many)).toMatchObject({ taskId: id, calls: 3 });
    expect(dataOf(await many.get(`${path}/batches`))).toHaveLength(3);
    expect(await one(`${path}/batches/${encodeURIComponent('a/b')}`, many)).toMatchObject({
      ...{ taskId: id, batchId: 'a/b', calls: 1 },
    });
  });

  it('go on behind ids that are as long as ids may be', async () => {
    const own = await startLedger();
    try {
      const ids = ['a'.repeat(256), 'a'.repeat(512), '任'.repeat(128), '任'.repeat(170)];
      const records = ids.map((id, n) => record(`long-${n}`, { taskId: id, batchId: id }));
      await pushed(own, records);
      for (const path of ['/v1/tasks', '/v1/batches']) {
        let cursor: string | null = null;
        const shown: unknown[] = [];
        do {
          const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
          const answer = await own.get(`${path}?limit=1${next}`);
          expect([path, shown.length, answer.status, answer.text]).toEqual([
            path,
            shown.length,
            200,
            answer.text,
          ]);
          shown.push(...dataOf(answer).map(({ taskId }) => taskId));
          cursor = cursorOf(answer);
        } while (cursor !== null && shown.length < 10);
        expect(shown.sort()).toEqual([...ids].sort());
      }
    } finally {
      await own.stop();
    }
  });

  it.each(['/v1/tasks', '/v1/batches', '/v1/tasks/t1/batches'])(
    'of %s refuse what they do not know',
    async (path) => {
      expect(expectProblem(await many.get(`${path}?colour=red&limit=0`), 400).sort()).toEqual([
        'colour',
        'limit',
      ]);
      expect(expectProblem(await many.get(`${path}?limit=1001`), 400)).toEqual(['limit']);
      expect(expectProblem(await many.get(`${path}?cursor=abc`), 400)).toEqual(['cursor']);
    },
  );
});
