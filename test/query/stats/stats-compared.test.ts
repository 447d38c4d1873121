// Sums by numbers, which are read from the calls, and sums of two periods side by side.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, object, objects, pushed, pushFromOther, type Json } from '../../contract/helpers.js';
import { makeKey, withKey } from '../../support/api-keys.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { answered, at, pathOf, stats } from './ask.js';
import { COLUMNS, type Field, someCall } from './questions.js';

const JUNE_1 = { from: '2025-06-01T00:00:00Z', to: '2025-06-02T00:00:00Z' };
const [SHOWN, OTHER] = ['05710000001', '05710000002'];

let ledger: TestLedger;

async function askOf(parameters: Record<string, string>, key?: string): Promise<Json> {
  const path = pathOf(parameters);
  const answer = key === undefined ? await ledger.get(path) : await withKey(ledger, key, path);
  expect(answer.status).toBe(200);
  return object(answer.body);
}

interface Figures {
  readonly calls: number;
  readonly answered: number;
  readonly duration: number;
}

/** A GROUP BY over the calls of a period, by the values of the fields. */
async function grouped(fields: readonly Field[], from: string, to: string): Promise<Map<string, Figures>> {
  const columns = fields.map((field) => COLUMNS[field]);
  const rows = await ledger.database.query<{ key: string } & Figures>(
    `SELECT json_build_array(${columns.join(', ')})::text AS key, count(*)::int AS calls,
       count(*) FILTER (WHERE answered)::int AS answered, coalesce(sum(duration), 0)::int AS duration
     FROM calls WHERE occurred_at >= $1 AND occurred_at < $2 ${columns.length > 0 ? `GROUP BY ${columns.join(', ')}` : ''}`,
    [from, to],
  );
  return new Map(rows.map(({ key, ...figures }) => [JSON.stringify(JSON.parse(key)), figures]));
}

const NOTHING: Figures = { calls: 0, answered: 0, duration: 0 };
const figuresOf = (row: Json): Figures => ({
  calls: Number(row['calls']),
  answered: Number(row['answered']),
  duration: Number(row['totalDuration']),
});
const rateOf = ({ calls, answered: those }: Figures) => (calls === 0 ? null : those / calls);

describe('Statistics by the number shown', () => {
  beforeAll(async () => {
    ledger = await startLedger();
    await pushed(ledger, [
      record('a', answered('2025-06-01T10:00:00Z', 7, 30, { realCaller: SHOWN })),
      record('b', at('2025-06-01T10:20:00Z', { realCaller: SHOWN })),
      record('c', at('2025-06-01T11:00:30Z', { realCaller: OTHER })),
      record('d', at('2025-06-01T11:00:30Z', { realCaller: null })),
    ]);
    expect((await pushFromOther(ledger, [record('e', at('2025-06-01T11:00:00Z'))])).status).toBe(200);
  });
  afterAll(() => ledger.stop());

  it('have a row for each number, and one for calls without a number', async () => {
    const rows = await stats(ledger, { ...JUNE_1, groupBy: 'realCaller', source: 'vendor' });
    expect(rows.map(({ realCaller, calls, answered: those }) => [realCaller, calls, those])).toEqual([
      [null, 1, 0],
      [SHOWN, 2, 1],
      [OTHER, 1, 0],
    ]);
    expect(rows[1]).toMatchObject({ averageAnswerDelay: 7, totalDuration: 30, ...isoEnds(JUNE_1) });
  });

  it('may begin and end on any minute, and be divided', async () => {
    const minutes = { from: '2025-06-01T10:20:00Z', to: '2025-06-01T11:01:00Z', source: 'vendor' };
    const rows = await stats(ledger, { ...minutes, groupBy: 'realCaller', interval: 'hour' });
    expect(rows.map(({ start, realCaller, calls }) => [start, realCaller, calls])).toEqual([
      ['2025-06-01T10:20:00.000Z', SHOWN, 1],
      ['2025-06-01T11:00:00.000Z', null, 1],
      ['2025-06-01T11:00:00.000Z', OTHER, 1],
    ]);
  });

  it('are masked without numbers:read, in the order of what is shown, and audited with it', async () => {
    const masked = await makeKey(ledger, { scopes: ['stats:read'] });
    const rows = objects((await askOf({ ...JUNE_1, groupBy: 'realCaller' }, masked.key))['data']);
    const texts = rows.map(({ realCaller }) => realCaller).filter((text) => text !== null);
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text).toMatch(/^\d{1,3}\*{4}\d{4}$/);
    expect(texts).toEqual([...texts].sort());
    const full = await makeKey(ledger, { scopes: ['stats:read', 'numbers:read'] });
    await askOf({ ...JUNE_1, groupBy: 'realCaller', source: 'vendor' }, full.key);
    const events = dataOf(await ledger.get('/v1/audit-events?limit=5&action=numbers.read'));
    expect(events).toEqual(expect.arrayContaining([expect.objectContaining({ keyId: full.id, rows: 2 })]));
  });

  it('are of the sources of the key alone', async () => {
    const { key } = await makeKey(ledger, { scopes: ['stats:read', 'numbers:read'], sources: ['other'] });
    const parameters = { ...JUNE_1, groupBy: 'source,realCaller', compare: 'previous' };
    const answer = await askOf(parameters, key);
    expect(objects(answer['data']).map(({ source, calls }) => [source, calls])).toEqual([['other', 1]]);
    expect(answer['total']).toMatchObject({ calls: 1 });
  });
});

describe('Statistics compared with the previous period', () => {
  const RANGE = { from: '2025-06-02T00:00:00.000Z', to: '2025-06-04T00:00:00.000Z' };
  const PREVIOUS = { from: '2025-05-31T00:00:00.000Z', to: '2025-06-02T00:00:00.000Z' };

  beforeAll(async () => {
    ledger = await startLedger();
    await pushed(
      ledger,
      Array.from({ length: 1500 }, (_, n) => someCall(`call-${n}`)),
    );
  });
  afterAll(() => ledger.stop());

  it.each(
    [
      '',
      'taskId',
      'realCaller',
      'caller',
      'hangupDirection',
      'taskId,batchId',
      'smartStatusCode,realCaller',
    ].flatMap(
      (groupBy) =>
        [
          [groupBy, {}, PREVIOUS],
          [
            groupBy,
            { previousFrom: '2025-05-30' },
            { from: '2025-05-29T16:00:00.000Z', to: '2025-05-31T16:00:00.000Z' },
          ],
          [groupBy, { previousTo: PREVIOUS.from }, { from: '2025-05-29T00:00:00.000Z', to: PREVIOUS.from }],
        ] as const,
    ),
  )('by "%s" with %j equal a GROUP BY over the calls of both', async (groupBy, more, previous) => {
    const fields = groupBy === '' ? [] : (groupBy.split(',') as Field[]);
    const [now, then] = [
      await grouped(fields, RANGE.from, RANGE.to),
      await grouped(fields, previous.from, previous.to),
    ];
    const { data, total } = await askOf({
      ...RANGE,
      ...more,
      ...(groupBy && { groupBy }),
      compare: 'previous',
    });
    const rows = objects(data);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => keyIn(row, fields)))).toEqual(new Set([...now.keys(), ...then.keys()]));
    const [all, past] = [sumOf(now), sumOf(then)];
    for (const row of rows) {
      const [own, before] = [now, then].map((groups) => groups.get(keyIn(row, fields)) ?? NOTHING);
      if (own === undefined || before === undefined) throw new Error('no figures');
      checkRow(row, own, before, previous);
      const change = object(row['change']);
      const base = past.answered / past.calls;
      const effect =
        (own.answered - base * own.calls) / all.calls - (before.answered - base * before.calls) / past.calls;
      expect(change['effectPoints']).toBeCloseTo(100 * effect, 9);
      expect(change['sharePoints']).toBeCloseTo(100 * (own.calls / all.calls - before.calls / past.calls), 9);
    }
    checkRow(object(total), all, past, previous);
    const effects = rows.map(({ change }) => Number(object(change)['effectPoints']));
    const ofTotal = Number(object(object(total)['change'])['answerRatePoints']);
    expect(effects.reduce((sum, effect) => sum + effect, 0)).toBeCloseTo(ofTotal, 9);
    expect(object(object(total)['change'])['effectPoints']).toBeCloseTo(ofTotal, 9);
    const sizes = effects.map(Math.abs);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });

  function checkRow(row: Json, own: Figures, before: Figures, period: { from: string; to: string }): void {
    expect(row).toMatchObject(isoEnds(RANGE));
    expect(figuresOf(row)).toEqual(own);
    expect(row['answerRate']).toEqual(rateOf(own));
    const previous = object(row['previous']);
    expect(previous).toMatchObject(isoEnds(period));
    expect(figuresOf(previous)).toEqual(before);
    const change = object(row['change']);
    expect(figuresOf(change)).toEqual({
      calls: own.calls - before.calls,
      answered: own.answered - before.answered,
      duration: own.duration - before.duration,
    });
    const rates = [rateOf(own), rateOf(before)];
    if (rates[0] == null || rates[1] == null) expect(change['answerRatePoints']).toBeNull();
    else expect(change['answerRatePoints']).toBeCloseTo(100 * (rates[0] - rates[1]), 9);
  }

  it('may be of minutes if both periods are short', async () => {
    const minutes = { from: '2025-06-02T02:07:00.000Z', to: '2025-06-02T03:00:00.000Z', compare: 'previous' };
    const answer = await askOf({ ...minutes, groupBy: 'smartStatusCode' });
    const before = { from: '2025-06-02T01:14:00.000Z', to: minutes.from };
    const [own, past] = [
      sumOf(await grouped([], minutes.from, minutes.to)),
      sumOf(await grouped([], before.from, before.to)),
    ];
    const total = object(answer['total']);
    expect([figuresOf(total), figuresOf(object(total['previous']))]).toEqual([own, past]);
    expect(total['previous']).toMatchObject(isoEnds(before));
  });

  it('have no points where a period has no calls, and one row without a grouping', async () => {
    const empty = { from: '2001-01-01T00:00:00Z', to: '2001-01-02T00:00:00Z', compare: 'previous' };
    const { data, total } = await askOf(empty);
    expect(data).toHaveLength(1);
    expect(total).toMatchObject({
      calls: 0,
      change: { calls: 0, answerRatePoints: null, sharePoints: null, effectPoints: null },
    });
    expect((await askOf({ ...empty, groupBy: 'realCaller' }))['data']).toEqual([]);
  });
});

function keyIn(row: Json, fields: readonly Field[]): string {
  return JSON.stringify(fields.map((field) => row[field]));
}

function sumOf(groups: ReadonlyMap<string, Figures>): Figures {
  const sum = { calls: 0, answered: 0, duration: 0 };
  for (const { calls, answered: those, duration } of groups.values()) {
    sum.calls += calls;
    sum.answered += those;
    sum.duration += duration;
  }
  return sum;
}

/** The start and end that a row has. */
function isoEnds({ from, to }: { from: string; to: string }) {
  return { start: new Date(from).toISOString(), end: new Date(to).toISOString() };
}
