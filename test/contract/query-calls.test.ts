// Asking for calls: every filter finds exactly its calls, every page comes once, and a wrong question is told why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, PUSH_TOKEN, startLedger, type Answer, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import {
  callIds,
  callOf,
  cursorOf,
  dataOf,
  deliveryOf,
  expectProblem,
  object,
  pushed,
  pushFromOther,
  string,
  SUCCESS,
  type Json,
} from './helpers.js';
import { until } from '../support/service.js';

let ledger: TestLedger;
const calls: Json[] = [];
/** The callIds of the list of all calls. */
let oldestFirst: string[] = [];
/** When the second and the third delivery were received. */
let second = '';
let third = '';

const seconds = (call: Json) => (typeof call['duration'] === 'number' ? call['duration'] : NaN);

beforeAll(async () => {
  ledger = await startLedger();
  const first = await pushed(ledger, [
    record('c01', { originateTime: '2025-06-01 00:00:00', callee: '13900001234', duration: 0 }),
    record('c02', { originateTime: '2025-06-01 12:00:00', callee: '13900005678', duration: 10 }),
    record('c03', { originateTime: '2025-06-02 00:00:00', callee: '12012341234', duration: 11 }),
    record('c04', {
      originateTime: '2025-06-02 00:00:00',
      taskId: '任务/一',
      batchId: 'batch-2',
      duration: '59',
    }),
    record('c05', { originateTime: '2025-05-31 23:59:59', taskId: 'task-2', outId: 'order 1/2' }),
    record('c06', { smartStatusCode: 'NO_ANSWER', statusCode: '200003', duration: 0, startTime: null }),
  ]);
  expect(first).not.toBe('');
  const secondId = await pushed(ledger, [
    record('c07', {
      smartStatusCode: 'USER_BUSY',
      statusCode: '200002',
      duration: null,
      hangupDirection: '用户',
    }),
    record('c08', {
      caller: '0571222',
      realCaller: '0571333',
      hangupDirection: 'Machine',
      ringTime: 'never',
    }),
    record('c09', { taskId: null, batchId: null, detailId: 'one detail', callee: null }),
  ]);
  const other = await pushFromOther(ledger, [
    record('c10'),
    record('c11', { batchId: 'batch-3', duration: 3601 }),
  ]);
  const thirdId = string(other.headers.get('x-delivery-id'));
  second = (await deliveryOf(ledger, secondId)).received_at.toISOString();
  third = (await deliveryOf(ledger, thirdId)).received_at.toISOString();
  expect(second < third).toBe(true);
  for (let n = 1; n <= 11; n += 1) calls.push(await callOf(ledger, `c${String(n).padStart(2, '0')}`));
  oldestFirst = callIds(await ask({ order: 'asc' }));
});
afterAll(() => ledger.stop());

const ask = (query: Record<string, string>) =>
  ledger.get(`/v1/calls?${new URLSearchParams(query).toString()}`);

/** In the order of the list of all calls: by time, and calls of the same moment in a fixed order of their own. */
function inOrder(some: Json[], direction: 'asc' | 'desc'): string[] {
  const callIdsOf = some.map((call) => string(call['callId']));
  const sorted = oldestFirst.filter((callId) => callIdsOf.includes(callId));
  return direction === 'asc' ? sorted : sorted.reverse();
}

const at = (call: Json) => string(call['occurredAt']);

describe('a filter of /v1/calls', () => {
  const received = (call: Json) => string(call['lastReceivedAt']);
  const oneOf =
    (field: string, ...values: unknown[]) =>
    (call: Json) =>
      values.includes(call[field]);

  it.each<[Record<string, string>, (call: Json) => boolean]>([
    [{ from: '2025-06-01T16:00:00Z' }, (call) => at(call) >= '2025-06-01T16:00:00.000Z'],
    [{ to: '2025-06-01T16:00:00Z' }, (call) => at(call) < '2025-06-01T16:00:00.000Z'],
    [{ from: '2025-06-01T16:00:00.000Z' }, (call) => at(call) > '2025-06-01T15:59:59.999Z'],
    [{ to: '2025-06-01T15:59:59.999Z' }, (call) => at(call) < '2025-06-01T15:59:59.999Z'],
    [{ from: '2025-06-01T00:00:00+08:00' }, (call) => at(call) >= '2025-05-31T16:00:00.000Z'],
    [
      { from: '2025-05-31T16:00:00Z', to: '2025-06-01T16:00:00Z' },
      (call) => at(call) >= '2025-05-31T16:00:00.000Z' && at(call) < '2025-06-01T16:00:00.000Z',
    ],
    [
      { from: '2025-06-01', to: '2025-06-02' },
      (call) => at(call) >= '2025-05-31T16:00:00.000Z' && at(call) < '2025-06-01T16:00:00.000Z',
    ],
    [{ from: '2025-06-01', timeZone: 'UTC' }, (call) => at(call) >= '2025-06-01T00:00:00.000Z'],
    [{ to: '2025-06-01', timeZone: 'America/New_York' }, (call) => at(call) < '2025-06-01T04:00:00.000Z'],
    [{ source: 'other' }, oneOf('source', 'other')],
    [{ taskId: 'task-2' }, oneOf('taskId', 'task-2')],
    [{ taskId: '任务/一' }, oneOf('taskId', '任务/一')],
    [{ taskId: 'task-2,任务/一' }, oneOf('taskId', 'task-2', '任务/一')],
    [{ batchId: 'batch-2' }, oneOf('batchId', 'batch-2')],
    [{ batchId: 'batch-2,batch-3' }, oneOf('batchId', 'batch-2', 'batch-3')],
    [{ detailId: 'one detail' }, oneOf('detailId', 'one detail')],
    [{ detailId: 'one detail,detail-of-c01' }, oneOf('detailId', 'one detail', 'detail-of-c01')],
    [{ outId: 'order 1/2' }, oneOf('outId', 'order 1/2')],
    [{ outId: 'order 1/2,out-of-c02,nobody' }, oneOf('outId', 'order 1/2', 'out-of-c02')],
    [{ callId: 'c03' }, oneOf('callId', 'c03')],
    [{ callId: 'c03,c10,c99' }, oneOf('callId', 'c03', 'c10')],
    [{ caller: '0571222' }, oneOf('caller', '0571222')],
    [{ realCaller: '0571333' }, oneOf('realCaller', '0571333')],
    [{ callee: '13900001234' }, oneOf('callee', '13900001234')],
    [{ calleeEndsWith: '1234' }, (call) => String(call['callee']).endsWith('1234')],
    [{ calleeEndsWith: '12341234' }, oneOf('callee', '12012341234')],
    [{ calleeEndsWith: '13900005678' }, oneOf('callee', '13900005678')],
    [{ statusCode: '200003' }, oneOf('statusCode', '200003')],
    [{ statusCode: '200003,200002' }, oneOf('statusCode', '200003', '200002')],
    [{ smartStatusCode: 'USER_BUSY' }, oneOf('smartStatusCode', 'USER_BUSY')],
    [{ smartStatusCode: 'USER_BUSY,NO_ANSWER' }, oneOf('smartStatusCode', 'USER_BUSY', 'NO_ANSWER')],
    [{ hangupDirection: '用户' }, oneOf('hangupDirection', '用户')],
    [{ hangupDirection: 'Machine,用户' }, oneOf('hangupDirection', 'Machine', '用户')],
    [{ answered: 'true' }, oneOf('answered', true)],
    [{ answered: 'false' }, oneOf('answered', false)],
    [{ minDuration: '11' }, (call) => seconds(call) >= 11],
    [{ maxDuration: '11' }, (call) => seconds(call) <= 11],
    [{ maxDuration: '0' }, oneOf('duration', 0)],
    [{ minDuration: '10', maxDuration: '59' }, (call) => seconds(call) >= 10 && seconds(call) <= 59],
    [{ hasWarnings: 'true' }, (call) => call['warnings'] !== null],
    [{ hasWarnings: 'false' }, (call) => call['warnings'] === null],
    [
      { taskId: 'task-1', answered: 'true', minDuration: '5', to: '2025-06-01T16:00:00Z', source: 'vendor' },
      (call) =>
        call['taskId'] === 'task-1' &&
        call['answered'] === true &&
        seconds(call) >= 5 &&
        at(call) < '2025-06-01T16:00:00.000Z' &&
        call['source'] === 'vendor',
    ],
  ])('%j finds exactly its calls, in both orders', async (query, fits) => {
    const expected = calls.filter(fits);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(calls.length);
    expect(callIds(await ask(query))).toEqual(inOrder(expected, 'desc'));
    expect(callIds(await ask({ ...query, order: 'asc' }))).toEqual(inOrder(expected, 'asc'));
    expect(callIds(await ask({ ...query, order: 'desc' }))).toEqual(inOrder(expected, 'desc'));
    const paged = await ask({ ...query, limit: '1' });
    expect(callIds(paged)).toEqual(inOrder(expected, 'desc').slice(0, 1));
    expect(cursorOf(paged) === null).toBe(expected.length === 1);
  });

  it('receivedFrom and receivedTo find what was received in the half-open range', async () => {
    expect(callIds(await ask({ receivedFrom: second, receivedTo: third }))).toEqual(
      inOrder(
        calls.filter((call) => received(call) === second),
        'desc',
      ),
    );
    expect(callIds(await ask({ receivedFrom: third }))).toEqual(
      inOrder(
        calls.filter((call) => received(call) === third),
        'desc',
      ),
    );
    expect(callIds(await ask({ receivedTo: second }))).toEqual(
      inOrder(
        calls.filter((call) => received(call) < second),
        'desc',
      ),
    );
    expect(callIds(await ask({ receivedTo: '2025-01-01' }))).toEqual([]);
  });

  it.each<Record<string, string>>([
    { from: '2030-01-01T00:00:00Z' },
    { taskId: 'TASK-1' },
    { taskId: 'task' },
    { taskId: 'task-%' },
    { callId: "' OR 1=1 --" },
    { callee: '1234' },
    { calleeEndsWith: '0000' + '9999' },
    { smartStatusCode: 'answered' },
    { from: '2025-06-01', to: '2025-06-01' },
  ])('%j finds nothing', async (query) => {
    expect((await ask(query)).body).toEqual({ data: [], page: { limit: 50, nextCursor: null } });
  });

  it('is not needed: all calls come, newest first', async () => {
    const answer = await ledger.get('/v1/calls');
    expect(dataOf(answer)).toEqual(
      inOrder(calls, 'desc').map((id) => calls.find(({ callId }) => callId === id)),
    );
    expect(dataOf(answer)).toHaveLength(calls.length);
    const times = dataOf(answer).map(at);
    expect(times).toEqual(times.slice().sort().reverse());
    expect(answer.headers.get('link')).toBeNull();
  });
});

describe('a question that can not be answered', () => {
  /** What the answer complains about. */
  const named = (answer: Answer) => [...new Set(expectProblem(answer, 400))].sort();

  it.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '-1'],
    ['limit', 'many'],
    ['limit', '1.5'],
    ['limit', '1e2'],
    ['from', 'yesterday'],
    ['from', '2025-02-30'],
    ['from', '2025-06-01T10:00:00'],
    ['to', '2025-13-01T00:00:00Z'],
    ['to', '2025-02-30T00:00:00Z'],
    ['receivedFrom', 'x'],
    ['receivedTo', '2025-06-31'],
    ['timeZone', 'Mars/Olympus'],
    ['timeZone', 'CST'],
    ['from', '2025-06-01T10:00:00+99:00'],
    ['from', '2025-06-01T10:00:00+25:00'],
    ['to', '2025-06-01T10:00:00+08:99'],
    ['receivedTo', '2025-06-01T24:00:00Z'],
    ['order', 'sideways'],
    ['answered', 'perhaps'],
    ['hasWarnings', '2'],
    ['minDuration', 'abc'],
    ['maxDuration', '1.5'],
    ['calleeEndsWith', '123'],
    ['calleeEndsWith', '12%4'],
    ['cursor', 'abc'],
    ['limits', '5'],
    ['taskid', 'x'],
    ['task_id', 'x'],
    ['constructor', 'x'],
    ['__proto__', 'x'],
    ['taskId[]', 'x'],
    ['from[gte]', '2025-06-01'],
    ['', 'x'],
  ])('(%s=%s) is answered 400, naming it', async (name, value) => {
    expect(named(await ask({ [name]: value }))).toEqual([name]);
  });

  it('names everything that is wrong with it at once', async () => {
    const answer = await ask({ limit: '0', order: 'x', colour: 'red', shape: 'round', taskId: 'fine' });
    expect(named(answer)).toEqual(['colour', 'limit', 'order', 'shape']);
  });

  it.each([
    '/v1/calls?taskId=%00',
    '/v1/calls?callId=a%00b',
    '/v1/calls?outId=%FF',
    '/v1/calls?callee=%00',
    '/v1/calls?cursor=%00',
    '/v1/calls?minDuration=99999999999',
    '/v1/calls?maxDuration=99999999999999999999999',
    '/v1/calls?minDuration=-99999999999',
    '/v1/calls?limit=99999999999999999999',
    '/v1/calls?from=%2B300000-01-01T00:00:00Z',
    '/v1/calls?from=0000-01-01T00:00:00Z',
    '/v1/calls?from=-000001-01-01T00:00:00Z',
    '/v1/calls?from=9999-12-31T23:59:59-12:00',
    '/v1/calls?to=0001-01-01',
    '/v1/calls?taskId=',
    '/v1/calls?callId=,,',
    '/v1/calls?from=',
    '/v1/calls?taskId=a&taskId=b',
    '/v1/calls?limit=5&limit=6',
    `/v1/calls?callId=${'x,'.repeat(2000)}`,
    '/v1/calls/%00',
    '/v1/calls/%00/history',
    '/v1/calls/%FF',
    '/v1/calls/%E4%A4',
    '/v1/tasks/%00',
    '/v1/tasks/a/batches/%00',
  ])('(%s) is never the fault of the service', async (path) => {
    const answer = await ledger.get(path);
    expect(answer.status).toBeLessThan(500);
    if (answer.status !== 200) expectProblem(answer, answer.status);
  });

  it('has limit bounds that hold', async () => {
    expect(callIds(await ask({ limit: '1' }))).toHaveLength(1);
    expect((await ask({ limit: '1000' })).body).toMatchObject({ page: { limit: 1000 } });
    expect((await ask({})).body).toMatchObject({ page: { limit: 50 } });
  });

  it.each([
    '/v1/calls/c01?x=1',
    '/v1/calls/c01/history?x=1',
    '/v1/tasks/task-1?x=1',
    '/v1/tasks/task-1/batches?x=1',
    '/v1/tasks/task-1/batches/batch-1?x=1',
    '/v1/batches?x=1',
  ])('(%s) is refused for the parameter that does not belong there', async (path) => {
    expect(named(await ledger.get(path))).toEqual(['x']);
  });
});

describe('without a right API key', () => {
  const paths = [
    '/v1/calls',
    '/v1/calls/c01',
    '/v1/calls/c01/history',
    '/v1/tasks',
    '/v1/tasks/task-1',
    '/v1/tasks/task-1/batches',
    '/v1/tasks/task-1/batches/batch-1',
    '/v1/batches',
  ];

  it.each(paths)('%s is answered 401', async (path) => {
    const wrong = [
      undefined,
      'Bearer wrong',
      'Bearer ',
      `Bearer ${API_KEY}x`,
      `Bearer ${API_KEY.slice(0, -1)}`,
      `Bearer ${PUSH_TOKEN}`,
      `Basic ${Buffer.from(`x:${API_KEY}`).toString('base64')}`,
      API_KEY,
    ];
    for (const authorization of wrong) {
      const answer = await ledger.request(
        path,
        authorization === undefined ? {} : { headers: { authorization } },
      );
      expectProblem(answer, 401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      // The request's id is random, and may hold these letters.
      expect(JSON.stringify({ ...object(answer.body), requestId: '' })).not.toContain('c01');
    }
    expectProblem(await ledger.request(`${path}?key=${API_KEY}&apiKey=${API_KEY}`), 401);
    expect((await ledger.get(path)).status).toBe(200);
  });

  it('is answered 401 before its parameters are looked at', async () => {
    expectProblem(await ledger.request('/v1/calls?limit=0'), 401);
    expectProblem(await ledger.request('/v1/calls/nobody'), 401);
  });
});

describe('a call', () => {
  it('that nobody knows is answered 404, and so is its history', async () => {
    expect(expectProblem(await ledger.get('/v1/calls/nobody'), 404)).toEqual([]);
    expectProblem(await ledger.get('/v1/calls/nobody/history'), 404);
    expectProblem(await ledger.get('/v1/nothing'), 404);
  });

  it.each([
    'a^b',
    'a*b',
    'a/b',
    'a%b',
    'a%2Fb',
    'a b',
    'a+b',
    'a?b',
    'a#b',
    'a&b=c',
    "a'b",
    'a"b',
    'a\\b',
    'a;b',
    'a,b',
    '中文呼叫',
    '𠮷',
    'history',
    'a/history',
    '*',
    '%',
    '...',
    '10000161****^1000018****',
  ])('is found by its id "%s"', async (callId) => {
    const changed = { ...record(callId), duration: 1 };
    await pushed(ledger, [record(callId)]);
    await pushed(ledger, [changed]);
    expect(await callOf(ledger, callId)).toMatchObject({ callId, duration: 1, revision: 2 });
    const history = await ledger.get(`/v1/calls/${encodeURIComponent(callId)}/history`);
    expect(dataOf(history)).toHaveLength(2);
    expect(object(dataOf(history)[0])['call']).toMatchObject({ callId });
    if (!callId.includes(',')) expect(callIds(await ask({ callId }))).toEqual([callId]);
  });
});

describe('paging', () => {
  let paged: TestLedger;
  const all: Json[] = [];

  beforeAll(async () => {
    paged = await startLedger();
    const records = Array.from({ length: 60 }, (_, n) =>
      record(`p${n % 2 === 0 ? '' : '-页/^ '}${n}`, {
        // 30 at one moment, the others before and after it, some with milliseconds, some with no time, some far away.
        originateTime:
          n < 30
            ? '2025-06-01 12:00:00'
            : n < 40
              ? `2025-06-01 11:59:${n}`
              : n < 50
                ? `2025-06-01T04:00:00.${String(n).padStart(3, '0')}Z`
                : [
                    '0001-06-15 00:00:00',
                    '1969-12-31 23:59:59',
                    '9999-12-31 23:59:59',
                    '1901-01-01 00:00:00',
                  ][n % 5],
        ...(n >= 50 && { bOriginateTime: null, ringTime: null, startTime: null, endTime: null }),
        taskId: n % 3 === 0 ? '任务 一' : 'task-1',
      }),
    );
    await pushed(paged, records.slice(0, 40));
    await pushed(paged, records.slice(40));
    for (const { callId } of records) all.push(await callOf(paged, string(callId)));
  });
  afterAll(() => paged.stop());

  async function follow(query: string, limit: number): Promise<string[][]> {
    const pages: string[][] = [];
    let cursor: string | null = null;
    do {
      const answer = await paged.get(
        `/v1/calls?limit=${limit}${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      pages.push(callIds(answer));
      expect(object(object(answer.body)['page'])['limit']).toBe(limit);
      cursor = cursorOf(answer);
      expect(answer.headers.get('link') === null).toBe(cursor === null);
    } while (cursor !== null && pages.length < 100);
    return pages;
  }

  it.each([
    ['desc', 1],
    ['desc', 7],
    ['desc', 30],
    ['desc', 60],
    ['desc', 1000],
    ['asc', 1],
    ['asc', 7],
    ['asc', 59],
  ] as const)('(%s, %d a page) shows every call once, in order, over equal times', async (order, limit) => {
    const times = new Map(
      all.map((call) => [string(call['callId']), Date.parse(string(call['occurredAt']))]),
    );
    const pages = await follow(`&order=${order}`, limit);
    const shown = pages.flat();
    expect(new Set(shown).size).toBe(60);
    expect(shown).toHaveLength(60);
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
    expect(pages.at(-1)).not.toEqual([]);
    const inTime = shown.map((callId) => times.get(callId) ?? NaN);
    expect(inTime).toEqual([...inTime].sort((one, other) => (order === 'asc' ? one - other : other - one)));
    expect(shown).toEqual((await follow(`&order=${order}`, 1000)).flat());
    const other = (await follow(`&order=${order === 'asc' ? 'desc' : 'asc'}`, 1000)).flat();
    expect(shown).toEqual(other.reverse());
    const ofTask = (
      await follow(`&order=${order}&taskId=task-1&from=2025-06-01&to=2025-06-02`, limit)
    ).flat();
    expect(ofTask).toHaveLength(33);
    expect(ofTask).toEqual(shown.filter((callId) => ofTask.includes(callId)));
  });

  it('is followed by the Link header too, filters and all', async () => {
    const query = new URLSearchParams({ taskId: '任务 一', from: '2025-06-01', order: 'asc', limit: '4' });
    let next: string | null = `/v1/calls?${query.toString()}`;
    const shown: string[] = [];
    while (next !== null && shown.length < 100) {
      const answer = await paged.get(next);
      expect(callIds(answer).length).toBeLessThanOrEqual(4);
      shown.push(...callIds(answer));
      const link = answer.headers.get('link');
      if (link === null) {
        expect(cursorOf(answer)).toBeNull();
        next = null;
      } else {
        const target = /^<([^>]+)>; rel="next"$/.exec(link)?.[1];
        if (target === undefined) throw new Error(`not a link: ${link}`);
        const url: URL = new URL(target, `${paged.url}${next}`);
        expect(url.origin).toBe(paged.url);
        next = `${url.pathname}${url.search}`;
      }
    }
    const expected = all.filter(
      (call) => call['taskId'] === '任务 一' && string(call['occurredAt']) >= '2025-05-31T16:00:00.000Z',
    );
    expect(expected.length).toBeGreaterThan(8);
    expect(shown.slice().sort()).toEqual(expected.map((call) => string(call['callId'])).sort());
  });

  it('refuses a cursor that is not one', async () => {
    const cursor = string(cursorOf(await paged.get('/v1/calls?limit=5')));
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const broken = [
      'abc',
      '',
      '0',
      '-1',
      '中文',
      '%',
      cursor.slice(1),
      cursor.slice(0, 5),
      [...cursor].reverse().join(''),
      json({}),
      json([]),
      json(null),
      json('x'),
      json(5),
      json([1]),
      json(['not a time', 'x']),
      json(['2025-06-01T00:00:00.000Z']),
      json(['2025-06-01T00:00:00.000Z', 5]),
      json(['2025-02-30T00:00:00.000Z', 'x']),
      json(['2025-06-01T00:00:00.000Z', 'a\u0000b']),
      json({ occurredAt: 'x', callId: 5 }),
    ];
    for (const value of broken) {
      const answer = await paged.get(`/v1/calls?limit=5&cursor=${encodeURIComponent(value)}`);
      expect([value, answer.status, answer.text]).toEqual([value, 400, answer.text]);
      expect(expectProblem(answer, 400)).toEqual(['cursor']);
    }
  });

  it('goes on behind a call whose id is as long as ids may be', async () => {
    const own = await startLedger();
    try {
      const ids = ['a'.repeat(512), '呼'.repeat(170), '"'.repeat(512), '\u0001'.repeat(512), 'short'];
      const id = await pushed(
        own,
        ids.map((callId) => record(callId, { detailId: null, outId: null })),
      );
      // An id that is too long for a call is in quarantine: what is a call must be reached.
      const { stored } = await deliveryOf(own, id);
      expect(stored).toBeGreaterThan(1);
      const shown: string[] = [];
      let cursor: string | null = null;
      do {
        const answer = await own.get(
          `/v1/calls?limit=1${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        expect([shown.length, answer.status, answer.text]).toEqual([shown.length, 200, answer.text]);
        shown.push(...callIds(answer));
        cursor = cursorOf(answer);
      } while (cursor !== null && shown.length < 10);
      expect(new Set(shown).size).toBe(stored);
    } finally {
      await own.stop();
    }
  });

  it('survives a cursor whose numbers were changed', async () => {
    const cursor = string(cursorOf(await paged.get('/v1/calls?limit=5')));
    const text = Buffer.from(cursor, 'base64url').toString();
    for (const number of [
      '999999999999999',
      '-999999999999999',
      '-62135596800001',
      '253402300800000',
      '1e400',
    ]) {
      const changed = Buffer.from(text.replace(/-?\d{9,}/, number)).toString('base64url');
      const answer = await paged.get(`/v1/calls?limit=5&cursor=${changed}`);
      expect([number, answer.status, answer.text]).toEqual([number, expect.any(Number), answer.text]);
      expect([number, answer.status < 500]).toEqual([number, true]);
      if (answer.status !== 200) expect(expectProblem(answer, 400)).toEqual(['cursor']);
    }
  });

  it('shows every call that was there exactly once, and none twice, while calls arrive all the time', async () => {
    const own = await startLedger();
    try {
      const at = (minute: number) => ({
        originateTime: `2025-06-01 12:${String(minute).padStart(2, '0')}:00`,
      });
      const there = Array.from({ length: 200 }, (_, n) => record(`there-${n}`, at(n % 50)));
      await pushed(own, there);
      const writer = { stop: false, pushes: 0 };
      const writing = (async () => {
        while (!writer.stop) {
          const n = writer.pushes;
          // Older and newer than wherever the reader stands, at its very moments, and corrections of what it has seen.
          const answer = await own.push([
            record(`older-${n}`, { originateTime: '2025-05-31 00:00:00' }),
            record(`newer-${n}`, { originateTime: '2025-06-02 00:00:00' }),
            record(`a-among-${n}`, at(n % 50)),
            record(`z-among-${n}`, at((n * 7) % 50)),
            record(`there-${n % 200}`, { ...at((n % 200) % 50), duration: n + 1000 }),
          ]);
          if (answer.text !== SUCCESS) throw new Error(answer.text);
          writer.pushes += 1;
        }
      })();
      for (const order of ['desc', 'asc']) {
        const start = writer.pushes;
        const shown: string[] = [];
        let cursor: string | null = null;
        do {
          const answer = await own.get(
            `/v1/calls?from=2025-06-01&order=${order}&limit=7${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
          );
          shown.push(...callIds(answer));
          // Half of what was there is ahead still.
          if (shown.length >= 100) await until('calls to arrive', () => writer.pushes > start);
          // What arrives in asc order may arrive for ever: the end of what was there is far enough.
          cursor =
            shown.some((callId) => callId.startsWith('newer-')) && order === 'asc' ? null : cursorOf(answer);
        } while (cursor !== null);
        expect(shown.filter((callId) => callId.startsWith('there-')).sort()).toEqual(
          there.map(({ callId }) => string(callId)).sort(),
        );
        expect(new Set(shown).size).toBe(shown.length);
        expect(shown.some((callId) => callId.includes('among'))).toBe(true);
      }
      writer.stop = true;
      await writing;
    } finally {
      await own.stop();
    }
  });
});
