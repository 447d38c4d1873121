// The vendor's three messages, at whichever URL: they are told by their keys, and none harms another.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { messageKindOf } from '../../src/ingestion/reading/message-kind.js';
import { askFor, erased } from '../privacy/erasing.js';
import { type Answer, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';

const IDS = { taskId: 'task-1', batchId: 'batch-1', outId: 'out', detailId: 'detail' };
const TIMES = { startTime: '2025-06-01 10:00:00', endTime: '2025-06-01 10:05:30', duration: 20 };
const RECORDING = { ...IDS, ...TIMES, recordFile: 'http://store.example/a.wav?Signature=s' };
const NOTE = {
  ...IDS,
  majorIntent: 'A',
  outputTags: { 是否来店: '是' },
  conversationRecord: '[{"role":"user","content":"喂"}]',
  call_times: 1,
  realCaller: '05710000001',
};
const OF_REPORTS = [
  ...['statusCode', 'smartStatusCode', 'statusMsg', 'caller', 'callee', 'hangupDirection', 'originateTime'],
  ...['ringTime', 'bOriginateTime', 'bRingTime', 'bStartTime', 'bEndTime', 'bDuration'],
];

describe('A record', () => {
  const kindOf = (record: object) => messageKindOf(record, 'report');
  const empty = fc.constantFrom(null, '', 'x', 0);

  it.each(OF_REPORTS)('with %s is a report, whatever else it has', (field) => {
    fc.assert(
      fc.property(empty, fc.subarray(Object.keys({ ...RECORDING, ...NOTE })), (value, others) => {
        const other = Object.fromEntries(others.map((name) => [name, value]));
        expect(kindOf({ callId: 'c', ...other, [field]: value })).toBe('report');
      }),
    );
  });

  it.each([
    ['recording', 'recordFile'],
    ['note', 'majorIntent'],
    ['note', 'outputTags'],
    ['note', 'conversationRecord'],
    ['note', 'call_times'],
  ])('is a %s by its key %s, with any value', (kind, key) => {
    fc.assert(
      fc.property(empty, (value) => {
        expect(kindOf({ callId: 'c', ...IDS, ...TIMES, realCaller: '1', [key]: value })).toBe(kind);
      }),
    );
  });

  it('is a report when it has none of these, and a recording before it is a note', () => {
    expect(kindOf({ callId: 'c', ...IDS, ...TIMES, realCaller: '1', strange: 1 })).toBe('report');
    expect(kindOf({ ...RECORDING, ...NOTE })).toBe('recording');
  });
});

describe('Notes and recordings', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger();
  });
  afterAll(() => ledger.stop());

  const call = async (callId: string) => (await ledger.get(`/v1/calls/${callId}`)).body;
  const stats = async () => (await ledger.get('/v1/stats/calls?groupBy=smartStatusCode')).body;
  const rows = (table: string, callId: string) =>
    ledger.database.query<Record<string, unknown>>(
      `SELECT * FROM ${table} WHERE call_id = $1 ORDER BY revision`,
      [callId],
    );
  const deliveryOf = async ({ headers }: Answer) =>
    (await ledger.get(`/v1/deliveries/${headers.get('x-delivery-id') ?? ''}`)).body;
  const pushTo = (url: string, records: unknown) =>
    ledger.request(`/push/${PUSH_TOKEN}/${url}`, { method: 'POST', body: JSON.stringify(records) });

  it('of a known call change nothing of it, at the URL for reports too', async () => {
    await ledger.push([record('known', { callee: '13900000031' })]);
    const [before, sums] = [await call('known'), await stats()];
    for (const message of [RECORDING, NOTE]) {
      const answer = await ledger.push([{ callId: 'known', ...message }]);
      expect([answer.status, answer.text]).toEqual([200, '{"code":0,"msg":"Success"}']);
      expect(await deliveryOf(answer)).toMatchObject({ records: 1, stored: 1, quarantined: 0 });
    }
    const own = { note: null, recording: null };
    expect([Object.assign({}, await call('known'), own), await stats()]).toEqual([before, sums]);
    expect(await rows('call_notes', 'known')).toMatchObject([
      {
        major_intent: 'A',
        output_tags: { 是否来店: '是' },
        conversation_record: [{ role: 'user', content: '喂' }],
        call_times: 1,
        revision: 1,
        extra: null,
        warnings: null,
      },
    ]);
    expect(await rows('call_recordings', 'known')).toMatchObject([
      { duration: 20, record_file: RECORDING.recordFile, revision: 1 },
    ]);
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });

  it('may stand in one array with reports, and before the report of their call', async () => {
    const messages = [{ callId: 'mixed', ...NOTE }, record('mixed'), { callId: 'mixed', ...RECORDING }];
    expect(await deliveryOf(await ledger.push(messages))).toMatchObject({ records: 3, stored: 3 });
    expect(await call('mixed')).toMatchObject({ duration: 330, revision: 1, smartStatusCode: 'ANSWERED' });
    await ledger.push([{ callId: 'early', ...NOTE }]);
    expect((await ledger.get('/v1/calls/early')).status).toBe(404);
    await ledger.push([record('early')]);
    expect(await call('early')).toMatchObject({ revision: 1 });
  });

  it.each([
    ['call-reports', 'calls'],
    ['call-notes', 'call_notes'],
    ['call-recordings', 'call_recordings'],
  ])('with nothing but ids are what the URL %s says', async (url, table) => {
    const callId = `bare-${url}`;
    expect((await pushTo(url, { callId, ...IDS })).status).toBe(200);
    expect(await rows(table, callId)).toMatchObject([{ revision: 1 }]);
    // Told by its keys, and not by the URL.
    await pushTo(url, [record(`report-${url}`), { callId: `note-${url}`, ...NOTE }]);
    expect(await call(`report-${url}`)).toMatchObject({ revision: 1 });
    expect(await rows('call_notes', `note-${url}`)).toMatchObject([{ major_intent: 'A' }]);
  });

  it('are corrected, with a history, and come again without effect', async () => {
    const note = (majorIntent: string) => ({ callId: 'corrected', ...NOTE, majorIntent });
    await pushTo('call-notes', [note('A')]);
    expect(await deliveryOf(await pushTo('call-notes', [note('B')]))).toMatchObject({ corrected: 1 });
    expect(await deliveryOf(await pushTo('call-notes', [note('B'), 1]))).toMatchObject({ duplicate: 1 });
    await pushTo('call-notes', [{ callId: 'corrected', ...IDS }]);
    expect(await rows('call_notes', 'corrected')).toMatchObject([{ major_intent: 'B', revision: 2 }]);
    expect(await rows('message_revisions', 'corrected')).toMatchObject([
      { message: 'note', revision: 1, content: { majorIntent: 'A', outputTags: { 是否来店: '是' } } },
    ]);
    // A new signature is no correction. The history has no signature.
    const recording = (recordFile: string) => [{ callId: 'corrected', ...RECORDING, recordFile }];
    await pushTo('call-recordings', recording('http://store.example/a.wav?Signature=1'));
    const again = await pushTo('call-recordings', recording('http://store.example/a.wav?Signature=2'));
    expect(await deliveryOf(again)).toMatchObject({ duplicate: 1 });
    await pushTo('call-recordings', recording('http://store.example/b.wav?Signature=3'));
    const past = await rows('message_revisions', 'corrected');
    expect(JSON.stringify(past)).not.toContain('Signature');
    expect(past).toHaveLength(2);
  });

  it('that can not be read in part are kept as they came, with a warning', async () => {
    const broken = { outputTags: 7, conversationRecord: '[{"role":"user"', majorIntent: 'x'.repeat(65) };
    await pushTo('call-notes', [{ callId: 'broken', ...NOTE, ...broken, strange: 1.0 }]);
    const [row] = await rows('call_notes', 'broken');
    expect(row).toMatchObject({
      ...{ output_tags: null, conversation_record: null, major_intent: null },
      extra: { ...broken, strange: 1 },
      warnings: [
        { field: 'majorIntent', reason: 'is longer than 64 bytes' },
        { field: 'outputTags', reason: 'is not an object' },
        { field: 'conversationRecord', reason: 'is not an array of turns' },
      ],
    });
  });

  it('of an erased call are not kept, unless its report comes anew', async () => {
    await ledger.push([record('erased', { callee: '13900000032' })]);
    await erased(ledger.url, await askFor(ledger.url, '13900000032'));
    await pushTo('call-notes', [{ callId: 'erased', ...NOTE }]);
    expect(await rows('call_notes', 'erased')).toEqual([]);
    await ledger.push([record('erased', { callee: '13900000033' })]);
    await pushTo('call-notes', [{ callId: 'erased', ...NOTE, call_times: 2 }]);
    expect(await rows('call_notes', 'erased')).toMatchObject([{ call_times: 2 }]);
  });

  it('of a sister product say what is wrong', async () => {
    await ledger.push([{ call_id: 'sister', start_time: '2025-06-01 10:00:00' }]);
    const { data } = (await ledger.get('/v1/quarantine?status=open')).body as { data: { reason: string }[] };
    expect(data[0]).toMatchObject({ reason: expect.stringContaining('another product') });
    await ledger.push([{ callId: 'ours', call_id: 'sister' }]);
    expect(await call('ours')).toMatchObject({ extra: { call_id: 'sister' } });
  });
});
