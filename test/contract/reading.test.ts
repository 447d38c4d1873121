// Reading a record: whatever the vendor sends in a field, the record is kept, and no wrong value stands anywhere.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { callOf, deliveryOf, object, objects, pushed, string, type Json } from './helpers.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

let count = 0;

/** Pushes a record with these fields and reads the call back. `undefined` takes a field away. */
async function read(changes: Record<string, unknown>, to = ledger): Promise<Json> {
  count += 1;
  const callId = `read-${count}`;
  await pushed(to, [record(callId, changes)]);
  return callOf(to, callId);
}

/** Pushes JSON text and answers with the text of the call. */
async function readText(callId: string, body: string): Promise<string> {
  await pushed(ledger, body);
  const answer = await ledger.get(`/v1/calls/${encodeURIComponent(callId)}`);
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: answer.text });
  return answer.text;
}

/** As it came, or, where PostgreSQL can not hold that, as the JSON text of it. */
const kept = (value: unknown): unknown[] => [value, JSON.stringify(value)];

/** Expects that the field was not understood: null in its place, as it came in `extra`, named in `warnings`. */
function expectUnread(call: Json, field: string, asItCame: unknown): void {
  expect(call[field]).toBeNull();
  expect(kept(asItCame)).toContainEqual(object(call['extra'])[field]);
  expect(objects(call['warnings'])).toContainEqual(
    expect.objectContaining({ field, reason: expect.stringMatching(/\w{3}/) }),
  );
}

const TEXTS = [
  'taskId',
  'batchId',
  'detailId',
  'outId',
  'statusCode',
  'smartStatusCode',
  'statusMsg',
  'caller',
  'realCaller',
  'callee',
  'hangupDirection',
];
const TIMES = [
  'originateTime',
  'ringTime',
  'startTime',
  'endTime',
  'bOriginateTime',
  'bRingTime',
  'bStartTime',
  'bEndTime',
];
const SECONDS = ['duration', 'bDuration'];
const FIELDS = [...TEXTS, ...TIMES, ...SECONDS];
const NOTHING = Object.fromEntries(FIELDS.map((field) => [field, undefined]));

describe("the vendor's example", () => {
  it('is read as it stands, contradictions and all, its times as UTC', async () => {
    const example = `[{ "taskId": "1181**************", "detailId": "9662*************", "batchId": "B202******",
      "callId": "10000161****^1000018****", "outId": "123456", "startTime": "2025-06-01 10:00:00",
      "endTime": "2025-06-01 10:05:30", "duration": 330, "statusCode": "200010", "smartStatusCode": "ANSWERED",
      "statusMsg": "Call ended normally", "caller": "05710000*****", "realCaller": "0571********",
      "callee": "139********", "hangupDirection": "User", "originateTime": "2025-06-01 09:59:45",
      "ringTime": "2025-06-01 09:59:50", "bRingTime": "2025-06-01 09:59:52", "bStartTime": "2025-06-01 09:59:55",
      "bEndTime": "2025-06-01 10:05:25", "bDuration": 320, "bOriginateTime": "2025-06-01 09:59:48" }]`;
    const deliveryId = await pushed(ledger, example);
    expect(await callOf(ledger, '10000161****^1000018****')).toEqual({
      callId: '10000161****^1000018****',
      taskId: '1181**************',
      batchId: 'B202******',
      detailId: '9662*************',
      outId: '123456',
      originateTime: '2025-06-01T01:59:45.000Z',
      ringTime: '2025-06-01T01:59:50.000Z',
      startTime: '2025-06-01T02:00:00.000Z',
      endTime: '2025-06-01T02:05:30.000Z',
      duration: 330,
      bOriginateTime: '2025-06-01T01:59:48.000Z',
      bRingTime: '2025-06-01T01:59:52.000Z',
      bStartTime: '2025-06-01T01:59:55.000Z',
      bEndTime: '2025-06-01T02:05:25.000Z',
      bDuration: 320,
      statusCode: '200010',
      smartStatusCode: 'ANSWERED',
      statusMsg: 'Call ended normally',
      caller: '05710000*****',
      realCaller: '0571********',
      callee: '139********',
      hangupDirection: 'User',
      occurredAt: '2025-06-01T01:59:45.000Z',
      answered: true,
      source: 'vendor',
      extra: null,
      warnings: null,
      provenance: 'pushed',
      note: null,
      recording: null,
      taskName: null,
      batchName: null,
      revision: 1,
      firstReceivedAt: expect.any(String),
      lastReceivedAt: expect.any(String),
      deliveryId,
    });
  });
});

describe('a field that says nothing', () => {
  const silent = (call: Json) => FIELDS.map((field) => call[field]);
  const nulls = FIELDS.map(() => null);

  it.each([
    ['missing', undefined],
    ['null', null],
    ['""', ''],
    ['white space', ' \t\n '],
  ])('(%s) is null, without a warning', async (_what, value) => {
    const call = await read(Object.fromEntries(FIELDS.map((field) => [field, value])));
    expect(silent(call)).toEqual(nulls);
    expect(call).toMatchObject({ extra: null, warnings: null, answered: false });
  });

  it('is the same in each of its forms: one form after the other is a duplicate', async () => {
    for (const value of [undefined, null, '', ' ']) {
      const changes = Object.fromEntries(FIELDS.map((field) => [field, value]));
      const id = await pushed(ledger, [record('silent', { ...changes, taskId: 'a task' })]);
      const { stored, duplicate } = await deliveryOf(ledger, id);
      expect([value, stored, duplicate]).toEqual([
        value,
        value === undefined ? 1 : 0,
        value === undefined ? 0 : 1,
      ]);
    }
  });
});

describe('text', () => {
  it('is trimmed', async () => {
    const call = await read(Object.fromEntries(TEXTS.map((field) => [field, ` \t${field} of it\n `])));
    for (const field of TEXTS) expect(call[field]).toBe(`${field} of it`);
    expect(call['warnings']).toBeNull();
  });

  it('is trimmed in the callId too: it is the same call', async () => {
    await pushed(ledger, [{ callId: '  trimmed\n' }]);
    const id = await pushed(ledger, [{ callId: 'trimmed' }]);
    expect(await deliveryOf(ledger, id)).toMatchObject({ stored: 0, duplicate: 1 });
    expect(await callOf(ledger, 'trimmed')).toMatchObject({ callId: 'trimmed' });
  });

  it('may be Chinese, or of any script', async () => {
    const values = {
      taskId: '任务一',
      statusMsg: '用户未接听',
      hangupDirection: '用户',
      outId: '𠮷野家 🏮 ‮عربي',
      detailId: 'e\u0301',
    };
    expect(await read(values)).toMatchObject({ ...values, warnings: null, extra: null });
  });

  it('keeps codes and directions that no table lists', async () => {
    const values = { statusCode: '987654', smartStatusCode: 'ABDUCTED_BY_ALIENS', hangupDirection: '机器' };
    expect(await read(values)).toMatchObject({ ...values, warnings: null, extra: null, answered: false });
  });

  it.each(TEXTS)('%s may be a number', async (field) => {
    expect(await read({ [field]: 200010 })).toMatchObject({ [field]: '200010', warnings: null, extra: null });
  });
});

describe('an id that comes as a number', () => {
  it.each([
    '42',
    '0',
    '1234567890123456',
    '9007199254740993',
    '12345678901234567',
    '118112345678901237',
    '1181123456789012347',
    '12345678901234567890',
    '123456789012345678901234567890123456789',
  ])('(%s) loses no digit', async (digits) => {
    const ids = ['taskId', 'batchId', 'detailId', 'outId', 'statusCode', 'caller', 'callee'];
    const text = await readText(
      digits,
      `[{"callId":${digits},${ids.map((field) => `"${field}": ${digits}`).join(',')}}]`,
    );
    for (const field of ['callId', ...ids]) expect(text).toContain(`"${field}":"${digits}"`);
    expect(JSON.parse(text)).toMatchObject({ warnings: null, extra: null });
  });

  it('is the same call as the id in quotes', async () => {
    await pushed(ledger, '[{"callId":10000161000000000001}]');
    const id = await pushed(ledger, '[{"callId":"10000161000000000001"}]');
    expect(await deliveryOf(ledger, id)).toMatchObject({ stored: 0, duplicate: 1 });
  });

  it('loses no digit beside records that are not like it', async () => {
    await pushed(
      ledger,
      `[{"callId":"beside-1","duration":3},{"callId":"beside-2","taskId":9007199254740993,"duration":4}]`,
    );
    expect(await callOf(ledger, 'beside-1')).toMatchObject({ duration: 3, warnings: null });
    expect(await callOf(ledger, 'beside-2')).toMatchObject({
      taskId: '9007199254740993',
      duration: 4,
      warnings: null,
    });
  });
});

describe('a field that nobody knows', () => {
  it('is kept in extra as it came, whatever it holds', async () => {
    const news = {
      recordUrl: 'https://example.org/1.wav',
      asr: { words: ['你好', null, 1.5, true], empty: {} },
      tags: [],
      nothing: null,
      blank: '',
      spaced: ' not trimmed ',
      'odd key/~"\\ 键': 1,
      '': 'no name',
    };
    expect(await read(news)).toMatchObject({ extra: news, warnings: null });
    const call = await read(news);
    expect(call['extra']).toEqual(news);
  });

  it('loses no digit, however deep its numbers stand', async () => {
    const text = await readText(
      'deep digits',
      `[{"callId":"deep digits","newId":12345678901234567890,
         "nested":{"ids":[9007199254740993,{"id":-1181123456789012347}]},"big":{"n":123456789012345678901234567890}}]`,
    );
    for (const part of [
      '"newId":12345678901234567890',
      '[9007199254740993,{"id":-1181123456789012347}]',
      '{"n":123456789012345678901234567890}',
    ]) {
      expect(text).toContain(part);
    }
    const list = await ledger.get('/v1/calls?callId=deep%20digits');
    expect(list.text).toContain('"newId":12345678901234567890');
    await pushed(ledger, '[{"callId":"deep digits"}]');
    const history = await ledger.get('/v1/calls/deep%20digits/history');
    expect(history.text).toContain('"newId":12345678901234567890');
    expect(history.text).toContain('[9007199254740993,{"id":-1181123456789012347}]');
  });

  it.each(['1e400', '-1e400', '1e200000', '1e-200000', '1.50', '0.10000000000000000000001'])(
    'may be the odd number %s: the record is kept, and no other number stands in its place',
    async (number) => {
      const callId = `odd number ${number}`;
      const text = await readText(callId, `[{"callId":"${callId}","odd":${number},"duration":7}]`);
      expect(JSON.parse(text)).toMatchObject({ duration: 7 });
      const shown = /"odd":("?)([^",}]*)/.exec(text)?.[2];
      if (shown === undefined) throw new Error(`"odd" is gone: ${text}`);
      expect([Number(shown), shown === 'null']).toEqual([Number(number), false]);
    },
  );

  it('may bear a name that objects have in JavaScript', async () => {
    const fields =
      '"__proto__":{"polluted":true},"constructor":"c","toString":"t","hasOwnProperty":1,"valueOf":null,"prototype":[1]';
    const text = await readText('prototype', `[{"callId":"prototype",${fields}}]`);
    for (const field of [
      '"__proto__":{"polluted":true}',
      '"constructor":"c"',
      '"toString":"t"',
      '"hasOwnProperty":1',
      '"valueOf":null',
      '"prototype":[1]',
    ]) {
      expect(text).toContain(field);
    }
    expect(({} as Json)['polluted']).toBeUndefined();
    const bare = await readText(
      'only proto',
      `[{"callId":"only proto","__proto__":{"callId":"other","duration":5}}]`,
    );
    expect(JSON.parse(bare)).toMatchObject({ callId: 'only proto', duration: null });
    expect(bare).toContain('"__proto__":{"callId":"other","duration":5}');
  });

  it("never takes the place of one of the ledger's own", async () => {
    const foreign = {
      source: 'evil',
      revision: 99,
      answered: true,
      occurredAt: '2001-01-01T00:00:00Z',
      deliveryId: 'x',
      extra: { a: 1 },
      warnings: ['none'],
      firstReceivedAt: 1,
      contentHash: 'y',
      CallId: 'z',
      task_id: 'w',
    };
    const call = await read({ ...foreign, smartStatusCode: 'NO_ANSWER' });
    expect(call).toMatchObject({
      source: 'vendor',
      revision: 1,
      answered: false,
      occurredAt: '2025-06-01T01:59:45.000Z',
      taskId: 'task-1',
      warnings: null,
    });
    expect(call['extra']).toEqual(foreign);
  });

  it.each([
    ['a NUL character', 'a\u0000b'],
    ['a lone surrogate', 'a\ud800b'],
    ['a NUL within', { list: ['\u0000'] }],
    ['a lone surrogate within', { list: ['\udc00'] }],
    ['5 MB of text', 'long '.repeat(1024 * 1024)],
  ])('may hold %s', async (_what, value) => {
    const call = await read({ news: value, duration: 8 });
    expect(call).toMatchObject({ duration: 8, taskId: 'task-1' });
    const { news } = object(call['extra']);
    expect(kept(value)).toContainEqual(news);
    // What stands there in another form says so.
    if (news !== value) expect(call['warnings']).toMatchObject([{ field: 'news' }]);
  });

  it.each([
    ['a NUL character', 'a\u0000b'],
    ['a lone surrogate', 'a\ud800b'],
  ])('may have %s in its name', async (_what, name) => {
    const call = await read({ [name]: 'value', duration: 9 });
    expect(call).toMatchObject({ duration: 9 });
    expect(kept(name).map((key) => ({ [String(key)]: 'value' }))).toContainEqual(call['extra']);
  });

  it.each([1_000, 10_000, 100_000])('may be nested %d deep', async (depth) => {
    const callId = `nested ${depth}`;
    await pushed(
      ledger,
      `[{"callId":"${callId}","duration":6,"deep":${'['.repeat(depth)}${']'.repeat(depth)}}]`,
    );
    expect(await callOf(ledger, callId)).toMatchObject({ duration: 6 });
  });
});

describe('seconds', () => {
  it.each<[unknown, number]>([
    [0, 0],
    ['0', 0],
    ['10', 10],
    [' 330 ', 330],
    ['007', 7],
    [86400, 86400],
  ])('%j is %d', async (value, seconds) => {
    for (const field of SECONDS) {
      expect(await read({ [field]: value })).toMatchObject({ [field]: seconds, warnings: null, extra: null });
    }
  });

  it.each<[unknown]>([
    ['abc'],
    ['10s'],
    [1.5],
    ['1.5'],
    [true],
    [{}],
    [[]],
    [[10]],
    ['1e'],
    ['0x10'],
    ['١٢'],
  ])('%j is not understood, and costs nothing else', async (value) => {
    const call = await read({ duration: value });
    expectUnread(call, 'duration', value);
    expect(call).toMatchObject({ bDuration: 320, taskId: 'task-1', answered: true });
  });

  it.each([3_000_000_000, -3_000_000_000, 9_007_199_254_740_991, '99999999999999999999'])(
    '%j is never read as another number',
    async (value) => {
      const call = await read({ duration: value });
      if (call['duration'] === null) expectUnread(call, 'duration', value);
      else expect(call['duration']).toBe(Number(value));
    },
  );

  it('of 1e400 are not understood, and kept as they came', async () => {
    const text = await readText(
      '1e400 seconds',
      '[{"callId":"1e400 seconds","duration":1e400,"bDuration":4}]',
    );
    expect(JSON.parse(text)).toMatchObject({
      duration: null,
      bDuration: 4,
      warnings: [{ field: 'duration' }],
    });
    expect(text).not.toContain('"extra":null');
    expect(text).not.toMatch(/"extra":\{"duration":null/);
  });
});

describe('a time', () => {
  it.each<[unknown, string]>([
    ['2025-06-01 09:59:45', '2025-06-01T01:59:45.000Z'],
    ['  2025-06-01 09:59:45 ', '2025-06-01T01:59:45.000Z'],
    ['2025-01-01 00:00:00', '2024-12-31T16:00:00.000Z'],
    ['2024-02-29 12:00:00', '2024-02-29T04:00:00.000Z'],
    ['2025-06-01T09:59:45+08:00', '2025-06-01T01:59:45.000Z'],
    ['2025-06-01T01:59:45Z', '2025-06-01T01:59:45.000Z'],
    ['2025-06-01T01:59:45.123Z', '2025-06-01T01:59:45.123Z'],
    ['2025-05-31T21:59:45.5-04:00', '2025-06-01T01:59:45.500Z'],
    ['2025-06-01T07:29:45+05:30', '2025-06-01T01:59:45.000Z'],
    [1748743185000, '2025-06-01T01:59:45.000Z'],
    [1748743185123, '2025-06-01T01:59:45.123Z'],
    ['1748743185000', '2025-06-01T01:59:45.000Z'],
    ['1988-07-01 12:00:00', '1988-07-01T03:00:00.000Z'],
    ['1969-12-31 23:59:59', '1969-12-31T15:59:59.000Z'],
    ['1970-01-01 08:00:00', '1970-01-01T00:00:00.000Z'],
    ['9999-12-31 23:59:59', '9999-12-31T15:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['0099-07-01T00:00:00+00:00', '0099-07-01T00:00:00.000Z'],
  ])('%j is %s', async (value, time) => {
    const call = await read(Object.fromEntries(TIMES.map((field) => [field, value])));
    for (const field of TIMES) expect([field, call[field]]).toEqual([field, time]);
    expect(call).toMatchObject({ occurredAt: time, warnings: null, extra: null });
  });

  it('of the year 1 without a zone is read in local mean time or the modern offset, never in another year', async () => {
    const call = await read({ originateTime: '0001-06-15 12:00:00' });
    expect(call['originateTime']).toMatch(/^0001-06-15T0(3:54|4:00)/);
    expect(call['occurredAt']).toBe(call['originateTime']);
    const first = await read({ originateTime: '0001-01-01 00:00:00' });
    if (first['originateTime'] === null) expectUnread(first, 'originateTime', '0001-01-01 00:00:00');
    else expect(Math.abs(Date.parse(string(first['originateTime'])) - Date.UTC(0, 0, 1))).toBeGreaterThan(0);
    if (first['originateTime'] !== null) {
      const yearOne = Date.parse('0001-01-01T00:00:00Z');
      expect((yearOne - Date.parse(string(first['originateTime']))) / 3_600_000).toBeCloseTo(8, 0);
    }
  });

  it('beyond the year 9999 in UTC is right or not understood, never another', async () => {
    const value = '9999-12-31T23:59:59-12:00';
    const call = await read({ originateTime: value });
    if (call['originateTime'] === null) expectUnread(call, 'originateTime', value);
    else expect(Date.parse(string(call['originateTime']))).toBe(Date.parse(value));
    expect((await ledger.get('/v1/calls?order=desc&limit=5')).status).toBe(200);
  });

  it.each<[unknown]>([
    ['2025-02-30 10:00:00'],
    ['2025-02-29 10:00:00'],
    ['2025-04-31 10:00:00'],
    ['2025-13-01 10:00:00'],
    ['2025-00-10 10:00:00'],
    ['2025-06-00 10:00:00'],
    ['2025-06-01 25:00:00'],
    ['2025-06-01 10:60:00'],
    ['2025-06-01 10:00:61'],
    ['2025-02-30T10:00:00+08:00'],
    ['2025-02-30T10:00:00Z'],
    ['2025-06-01T25:00:00Z'],
    ['2025-06-01T10:00:00+99:00'],
    ['2025-06-01T10:00:00+08:99'],
    ['2025-06-01T10:00:00-25:00'],
    ['2025-06-01 10:00:00+0860'],
    ['0000-00-00 00:00:00'],
    ['yesterday'],
    ['2025年6月1日'],
    ['01/06/2025 10:00:00'],
    ['2025-06-01 10:00:00 tail'],
    ['infinity'],
    ['now'],
    [1748743185],
    [0],
    [-1],
    [1.5],
    [true],
    [{ time: 1 }],
    [['2025-06-01 10:00:00']],
  ])('%j is not understood, and costs nothing else', async (value) => {
    const call = await read({ ringTime: value, bEndTime: value });
    expectUnread(call, 'ringTime', value);
    expectUnread(call, 'bEndTime', value);
    expect(call).toMatchObject({
      originateTime: '2025-06-01T01:59:45.000Z',
      duration: 330,
      taskId: 'task-1',
    });
  });
});

describe('PUSH_TIME_ZONE', () => {
  it('says where the vendor reads its clock, summer and winter', async () => {
    const berlin = await startLedger({ PUSH_TIME_ZONE: 'Europe/Berlin' });
    try {
      const call = await read(
        {
          originateTime: '2025-01-15 12:00:00',
          ringTime: '2025-07-15 12:00:00',
          startTime: '2025-03-30 01:59:59',
          endTime: '2025-03-30 03:00:00',
          bOriginateTime: '2025-10-26 01:59:59',
          bRingTime: '2025-10-26 03:00:00',
          bStartTime: '2025-07-15T12:00:00+08:00',
          bEndTime: 1748743185000,
        },
        berlin,
      );
      expect(call).toMatchObject({
        originateTime: '2025-01-15T11:00:00.000Z',
        ringTime: '2025-07-15T10:00:00.000Z',
        startTime: '2025-03-30T00:59:59.000Z',
        endTime: '2025-03-30T01:00:00.000Z',
        bOriginateTime: '2025-10-25T23:59:59.000Z',
        bRingTime: '2025-10-26T02:00:00.000Z',
        bStartTime: '2025-07-15T04:00:00.000Z',
        bEndTime: '2025-06-01T01:59:45.000Z',
        warnings: null,
      });
      // An hour that comes twice is one of the two; an hour that never was is not another day.
      const odd = await read({ startTime: '2025-10-26 02:30:00', ringTime: '2025-03-30 02:30:00' }, berlin);
      expect(['2025-10-26T00:30:00.000Z', '2025-10-26T01:30:00.000Z']).toContain(odd['startTime']);
      if (odd['ringTime'] === null) expectUnread(odd, 'ringTime', '2025-03-30 02:30:00');
      else expect(['2025-03-30T00:30:00.000Z', '2025-03-30T01:30:00.000Z']).toContain(odd['ringTime']);
    } finally {
      await berlin.stop();
    }
  });
});

describe('a known field that can not be read', () => {
  it.each<[string, unknown]>([
    ['a NUL character', 'a\u0000b'],
    ['nothing but a NUL character', '\u0000'],
    ['a lone surrogate', '\ud83d'],
    ['a lone surrogate, the other half', 'x\ude00'],
    ['5 MB of text', 'x'.repeat(5 * 1024 * 1024)],
    ['an object', { id: 1 }],
    ['an array', ['a']],
    ['true', true],
    ['false', false],
  ])('(%s) is null, kept as it came and named, in each text field', async (_what, value) => {
    const fields = typeof value === 'string' && value.length > 1000 ? ['statusMsg'] : TEXTS;
    const call = await read(Object.fromEntries(fields.map((field) => [field, value])));
    for (const field of fields) expectUnread(call, field, value);
    expect(objects(call['warnings'])).toHaveLength(fields.length);
    expect(call).toMatchObject({ duration: 330, originateTime: '2025-06-01T01:59:45.000Z' });
  });

  it('(5 MB of text) costs nothing, in whichever field it stands', async () => {
    const long = 'x'.repeat(5 * 1024 * 1024);
    for (const field of ['outId', 'callee', 'originateTime', 'duration']) {
      const call = await read({ [field]: long });
      expectUnread(call, field, long);
      expect(call).toMatchObject({ bDuration: 320 });
    }
  });

  it('makes no difference between one push and the next: the same record is a duplicate', async () => {
    const strange = {
      statusMsg: 'a\u0000b',
      duration: 'abc',
      ringTime: '2025-02-30 10:00:00',
      news: '\ud800',
    };
    await pushed(ledger, [record('strange twice', strange)]);
    const id = await pushed(ledger, [record('strange twice', strange), record('beside strange')]);
    expect(await deliveryOf(ledger, id)).toMatchObject({ stored: 1, duplicate: 1, corrected: 0 });
  });

  it.each([128, 256, 1000, 3000, 20_000])(
    '(%d characters that do not compress, in every field at once) never costs the record',
    async (length) => {
      let seed = length;
      const noise = () =>
        Array.from({ length }, () => {
          seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
          return String.fromCodePoint(0x4e00 + ((seed >>> 8) % 0x5000));
        }).join('');
      const values = Object.fromEntries(TEXTS.map((field) => [field, noise()]));
      const call = await read(values);
      for (const field of TEXTS) {
        if (call[field] === null) expectUnread(call, field, values[field]);
        else expect(call[field]).toBe(values[field]);
      }
      if (length === 128) expect(call).toMatchObject({ outId: values['outId'] ?? '' });
      const callId = `${noise()}!`;
      const id = await pushed(ledger, [record(callId), record(`beside ${length}`)]);
      const delivery = await deliveryOf(ledger, id);
      expect(delivery.stored + delivery.quarantined).toBe(2);
      expect(await callOf(ledger, `beside ${length}`)).toMatchObject({ duration: 330 });
    },
  );
});

describe('a record without a callId that can be read', () => {
  const quarantineOf = (id: string) =>
    ledger.database.query<{ place: string; reason: string; raw: Buffer; status: string }>(
      'SELECT place, reason, raw, status FROM quarantine WHERE delivery_id = $1',
      [id],
    );

  it.each([
    ['no callId', '{"taskId":"t"}'],
    ['an empty object', '{}'],
    ['a null callId', '{"callId":null}'],
    ['an empty callId', '{"callId":""}'],
    ['a blank callId', '{"callId":" \\t "}'],
    ['an object as callId', '{"callId":{"id":1}}'],
    ['an array as callId', '{"callId":["a"]}'],
    ['true as callId', '{"callId":true}'],
    ['a callId with NUL', '{"callId":"a\\u0000b"}'],
    ['a callId with a lone surrogate', '{"callId":"a\\ud800"}'],
    ['a callId under another name', '{"callid":"a","CALLID":"b"}'],
    ['a callId in the prototype', '{"__proto__":{"callId":"x"}}'],
    ['a number', '5'],
    ['a long number', '12345678901234567890'],
    ['a text', '"callId"'],
    ['a text with NUL', '"\\u0000"'],
    ['null', 'null'],
    ['false', 'false'],
    ['an array', '[{"callId":"inside"}]'],
    ['an empty array', '[]'],
    ['digits in its fields', '{"id":12345678901234567890}'],
  ])('(%s) goes to quarantine, with its place and the reason', async (what, text) => {
    const [before, after] = [`before ${what}`, `after ${what}`];
    const id = await pushed(ledger, `[{"callId":"${before}"}, ${text} ,{"callId":"${after}"}]`);
    const rows = await quarantineOf(id);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.place).toMatch(/^\/1(\/callId)?$/);
    expect(rows[0]).toMatchObject({ reason: expect.stringMatching(/\w{3}/), status: 'open' });
    expect(rows[0]?.raw.toString()).toBe(text);
    expect(await callOf(ledger, before)).toMatchObject({ deliveryId: id });
    expect(await callOf(ledger, after)).toMatchObject({ deliveryId: id });
  });

  it('(5 MB of callId) goes to quarantine or is a call, and harms nobody', async () => {
    const id = await pushed(ledger, [record('x'.repeat(5 * 1024 * 1024)), record('beside 5 MB')]);
    expect(await deliveryOf(ledger, id)).toMatchObject({ stored: 1, quarantined: 1 });
    expect(await callOf(ledger, 'beside 5 MB')).toMatchObject({ deliveryId: id });
  });

  it('(an array nested 100,000 deep) goes to quarantine', async () => {
    const id = await pushed(
      ledger,
      `[${'['.repeat(100_000)}${']'.repeat(100_000)},{"callId":"beside the deep"}]`,
    );
    expect(await deliveryOf(ledger, id)).toMatchObject({ stored: 1, quarantined: 1 });
    expect((await quarantineOf(id))[0]?.place).toBe('/0');
  });

  it('(a bare object) goes to quarantine', async () => {
    const id = await pushed(ledger, { taskId: 'bare' });
    expect(await quarantineOf(id)).toHaveLength(1);
  });
});

describe('answered', () => {
  const start = '2025-06-01 10:00:00';

  it.each<[string, boolean, Record<string, unknown>]>([
    ['ANSWERED', true, { smartStatusCode: 'ANSWERED' }],
    ['ANSWERED, nothing else', true, { smartStatusCode: 'ANSWERED', startTime: null, duration: 0 }],
    ['ANSWERED although statusCode says no', true, { smartStatusCode: 'ANSWERED', statusCode: '200003' }],
    ['NO_ANSWER', false, { smartStatusCode: 'NO_ANSWER', startTime: null, duration: 0 }],
    [
      'NO_ANSWER with startTime and duration',
      false,
      { smartStatusCode: 'NO_ANSWER', startTime: start, duration: 9 },
    ],
    ['INTELLIGENT_ANSWER', false, { smartStatusCode: 'INTELLIGENT_ANSWER', startTime: start, duration: 9 }],
    ['an unknown code', false, { smartStatusCode: 'SOMETHING', startTime: start, duration: 9 }],
    ['no code, startTime', true, { smartStatusCode: undefined, startTime: start, duration: 0 }],
    ['no code, duration', true, { smartStatusCode: null, startTime: null, duration: 1 }],
    ['no code, duration as text', true, { smartStatusCode: '', startTime: '', duration: '1' }],
    ['no code, neither', false, { smartStatusCode: null, startTime: null, duration: 0 }],
    ['no code, nothing', false, { smartStatusCode: null, startTime: null, duration: null }],
    [
      'no code, the second leg only',
      false,
      { smartStatusCode: null, startTime: null, duration: 0, bDuration: 9 },
    ],
    [
      'no code, a good statusCode',
      false,
      { smartStatusCode: null, startTime: null, duration: 0, statusCode: '200000' },
    ],
    ['no code, unreadable startTime', false, { smartStatusCode: null, startTime: 'never', duration: 0 }],
    ['a blank code, startTime', true, { smartStatusCode: '  ', startTime: start, duration: 0 }],
  ])('(%s) is %s', async (_what, answered, changes) => {
    expect(await read(changes)).toMatchObject({ answered });
  });
});

describe('occurredAt', () => {
  const ORDER = ['originateTime', 'bOriginateTime', 'ringTime', 'startTime', 'endTime'];
  const times = Object.fromEntries(
    TIMES.map((field, index) => [field, `2025-06-0${index + 1} 08:00:00`]),
  ) as Record<string, string>;

  it.each(ORDER.map((field, index) => [field, index] as const))(
    'is %s when what stands before it is missing',
    async (field, index) => {
      const gone = Object.fromEntries(ORDER.slice(0, index).map((earlier) => [earlier, null]));
      const expected = `${times[field]?.slice(0, 10) ?? ''}T00:00:00.000Z`;
      expect(await read({ ...times, ...gone })).toMatchObject({ occurredAt: expected, [field]: expected });
    },
  );

  it('is the next one when the first can not be read', async () => {
    const call = await read({ ...times, originateTime: '2025-02-30 08:00:00' });
    expect(call['occurredAt']).toBe(call['bOriginateTime']);
  });

  it('is when its delivery was received when there is none of them', async () => {
    const start = Date.now();
    const call = await read({ ...NOTHING, bRingTime: times['bRingTime'], bStartTime: times['bStartTime'] });
    const { received_at: receivedAt } = await deliveryOf(ledger, string(call['deliveryId']));
    expect(call['occurredAt']).toBe(receivedAt.toISOString());
    expect(call['occurredAt']).toBe(call['firstReceivedAt']);
    expect(receivedAt.getTime()).toBeGreaterThanOrEqual(start - 1);
    expect(receivedAt.getTime()).toBeLessThanOrEqual(Date.now());
  });
});
