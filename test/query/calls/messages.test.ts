// What calls show of their notes and recordings, and how calls are found by them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

const NOTE = {
  callId: 'noted',
  majorIntent: 'A',
  outputTags: { 是否来店: '是', 感兴趣: ['价格', '地址, 路线'], 电话: '13900000071' },
  conversationRecord: JSON.stringify([
    { role: 'assistant', content: '{"role": 您好' },
    { role: 'user', content: '喂' },
  ]),
  call_times: 2,
  realCaller: '05710000001',
};
const RECORDING = {
  callId: 'noted',
  startTime: '2025-06-01 10:00:00',
  endTime: '2025-06-01 10:05:30',
  duration: 330,
  recordFile: 'http://store.example/a.wav?Signature=secret',
};
/** Nothing is downloaded here. */
const STATE = 'off';
const SHOWN_NOTE = {
  majorIntent: 'A',
  outputTags: NOTE.outputTags,
  attempt: 2,
  realCaller: '05710000001',
  turns: 2,
  receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
  revision: 1,
  extra: { score: 0.5 },
  warnings: null,
};
const SHOWN_RECORDING = {
  state: STATE,
  startTime: '2025-06-01T02:00:00.000Z',
  endTime: '2025-06-01T02:05:30.000Z',
  duration: 330,
  announcedAt: expect.stringMatching(/Z$/) as unknown,
  expiresAt: expect.stringMatching(/Z$/) as unknown,
  bytes: null,
  contentType: null,
  reason: null,
};

interface Shown {
  readonly callId: string;
  readonly note?: unknown;
  readonly recording?: unknown;
}

let ledger: TestLedger;
let masked: string;
beforeAll(async () => {
  ledger = await startLedger({ RECORDING_STORE: 'off' });
  const body = JSON.stringify([{ ...NOTE, score: 0.5 }]).replace('0.5', '0.50');
  await ledger.push([record('noted'), record('plain'), record('b'), { callId: 'b', majorIntent: 'B' }]);
  await ledger.request(`/push/${PUSH_TOKEN}/call-notes`, { method: 'POST', body });
  await ledger.request(`/push/${PUSH_TOKEN}/call-recordings`, {
    method: 'POST',
    body: JSON.stringify([RECORDING]),
  });
  const headers = { authorization: `Bearer ${API_KEY}` };
  const answer = await ledger.request('/v1/api-keys', {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'masked', scopes: ['calls:read'] }),
  });
  masked = (answer.body as { key: string }).key;
});
afterAll(() => ledger.stop());

const data = async (path: string) => ((await ledger.get(path)).body as { data: Shown[] }).data;
const ids = async (query: string) => (await data(`/v1/calls?${query}`)).map(({ callId }) => callId).sort();

describe('The note and the recording of a call', () => {
  it('are in the call, in lists, in the feed and in exports', async () => {
    const [call] = await data('/v1/calls?callId=noted');
    expect(call).toMatchObject({ note: SHOWN_NOTE, recording: SHOWN_RECORDING });
    const { body } = await ledger.get('/v1/calls/noted');
    expect(body).toEqual(call);
    const changes = (await data('/v1/changes')) as unknown as { call: Shown }[];
    // The feed does not carry names.
    const { taskName, batchName, ...withoutNames } = { taskName: null, batchName: null, ...call };
    expect([taskName, batchName]).toEqual([null, null]);
    expect(changes.map((change) => change.call)).toContainEqual(withoutNames);
    const { text } = await ledger.get('/v1/exports/calls?format=ndjson&callId=noted');
    expect(JSON.parse(text)).toEqual({
      ...call,
      majorIntent: 'A',
      outputTags: NOTE.outputTags,
      attempt: 2,
      recordingState: STATE,
    });
    expect(text).not.toContain('secret');
  });

  it('are null where there is none, and left out where they are not asked for', async () => {
    expect(await data('/v1/calls?callId=plain&fields=note,recording')).toEqual([
      { callId: 'plain', note: null, recording: null },
    ]);
    expect(await data('/v1/calls?callId=noted&fields=outId')).toEqual([
      { callId: 'noted', outId: 'out-of-noted' },
    ]);
  });

  it('keep their digits, and are columns of a table', async () => {
    const { text } = await ledger.get('/v1/calls?callId=noted&fields=note');
    expect(text).toContain('"extra":{"score":0.50}');
    const fields = 'majorIntent,attempt,recordingState,outputTags';
    const table = await ledger.get(
      `/v1/exports/calls?for=program&callId=noted,plain&order=asc&fields=${fields}`,
    );
    const lines = table.text.trim().split('\r\n').sort();
    expect(lines).toHaveLength(3);
    expect(table.text).toContain(`"noted","A",2,"${STATE}","{""`);
    expect(table.text).toContain('"plain",,,,');
  });

  it('have masked numbers for keys that may not see numbers', async () => {
    const headers = { authorization: `Bearer ${masked}` };
    const { body } = await ledger.request('/v1/calls/noted', { headers });
    const wanted = {
      realCaller: expect.stringContaining('*') as unknown,
      outputTags: { 电话: '139****0071' },
    };
    expect(body).toMatchObject({ note: wanted });
    const list = await ledger.request('/v1/calls?callId=noted', { headers });
    expect(list.body).toMatchObject({ data: [{ note: wanted }] });
    const table = await ledger.request('/v1/exports/calls', { headers });
    expect(table.text).toContain('139****0071');
    expect(table.text).not.toContain('13900000071');
  });
});

describe('Calls are found', () => {
  it.each([
    ['majorIntent=A', ['noted']],
    ['majorIntent=A,B', ['b', 'noted']],
    [`tag=${encodeURIComponent('是否来店:是')}`, ['noted']],
    [`tag=${encodeURIComponent('感兴趣:地址, 路线')}&tag=${encodeURIComponent('是否来店:是')}`, ['noted']],
    [`tag=${encodeURIComponent('感兴趣:地址, 路线')}&tag=${encodeURIComponent('是否来店:否')}`, []],
    ['hasNote=true', ['b', 'noted']],
    ['hasNote=false', ['plain']],
    ['hasNote=false&majorIntent=A', []],
    ['hasRecording=true', ['noted']],
    ['hasRecording=false', ['b', 'plain']],
    ['recordingState=announced,off,failed', ['noted']],
    ['recordingState=kept', []],
  ])('by %s', async (query, found) => {
    expect(await ids(query)).toEqual(found);
    const { text } = await ledger.get(`/v1/exports/calls?format=ndjson&fields=outId&${query}`);
    expect(text.split('\n').filter((line) => line !== '')).toHaveLength(found.length);
  });

  it('by no tag without a value', async () => {
    expect((await ledger.get('/v1/calls?tag=x')).status).toBe(400);
  });
});

it('The statistics filter and group by the intent, also by minutes', async () => {
  const grouped = await data('/v1/stats/calls?groupBy=majorIntent');
  expect(grouped).toMatchObject([
    { majorIntent: null, calls: 1 },
    { majorIntent: 'A', calls: 1 },
    { majorIntent: 'B', calls: 1 },
  ]);
  expect(await data('/v1/stats/calls?majorIntent=B')).toMatchObject([{ calls: 1 }]);
  const minutes = 'from=2025-06-01T01:00:00Z&to=2025-06-01T03:00:00Z&interval=1m';
  expect(await data(`/v1/stats/calls?majorIntent=A&groupBy=majorIntent&${minutes}`)).toMatchObject([
    { majorIntent: 'A', calls: 1 },
  ]);
});

it('The feed of an intent tells a call as erased when its note was corrected to another intent', async () => {
  const feed = async (after: string) =>
    (await ledger.get(`/v1/changes?majorIntent=X&after=${after}`)).body as {
      data: { type: string; callId?: string; call?: Shown }[];
      nextCursor: string;
    };
  let page = await feed('now');
  const told = async () => {
    page = await feed(page.nextCursor);
    return page.data.map(({ type, callId, call }) => `${type} ${callId ?? call?.callId ?? ''}`);
  };
  await ledger.push([record('moved')]);
  expect(await told()).toEqual([]);
  await ledger.push([{ callId: 'moved', majorIntent: 'X' }]);
  expect(await told()).toEqual(['call moved']);
  await ledger.push([{ callId: 'moved', majorIntent: 'Y' }]);
  expect(await told()).toEqual(['erased moved']);
  await ledger.push([{ callId: 'never', majorIntent: 'Y' }, record('never')]);
  expect(await told()).toEqual([]);
});

it('The history has every content of the report, the note and the recording, in pages', async () => {
  const ids = { callId: 'told', taskId: 'task-1' };
  const recording = (path: string) => ({
    ...ids,
    recordFile: `http://store.example/${path}?Signature=secret`,
  });
  await ledger.push([record('told')]);
  await ledger.push([
    { ...ids, majorIntent: 'A', conversationRecord: NOTE.conversationRecord },
    recording('1.wav'),
  ]);
  await ledger.push([{ ...ids, majorIntent: 'B' }, recording('2.wav'), record('told', { duration: 1 })]);
  const whole = await ledger.get('/v1/calls/told/history');
  const { data: all } = whole.body as {
    data: { message: string; revision: number; changes: object[] | null }[];
  };
  expect(all.map(({ message, revision, changes }) => [message, revision, changes?.length])).toEqual([
    ['report', 2, 1],
    ['recording', 2, 1],
    ['note', 2, 2],
    ['recording', 1, undefined],
    ['note', 1, undefined],
    ['report', 1, undefined],
  ]);
  expect(whole.text).not.toContain('secret');
  expect(whole.text).not.toContain('您好');
  expect(all[1]).toMatchObject({
    current: true,
    recording: { recordFile: 'http://store.example/2.wav?…' },
    changes: [{ field: 'recordFile', before: 'http://store.example/1.wav?…' }],
  });
  expect(all[4]).toMatchObject({ current: false, note: { majorIntent: 'A', turns: 2, attempt: null } });
  const paged: unknown[] = [];
  let cursor = '';
  do {
    const answer = await ledger.get(`/v1/calls/told/history?limit=1${cursor}`);
    const { data, page } = answer.body as { data: object[]; page: { nextCursor: string | null } };
    paged.push(...data);
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  expect(paged).toEqual(all);
});
