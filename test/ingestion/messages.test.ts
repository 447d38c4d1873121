// The vendor's other messages at the URL for reports: they harm no call, and nothing of them is lost.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageKindOf } from '../../src/ingestion/reading/message-kind.js';
import { askFor, erased } from '../privacy/erasing.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
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

describe('At the URL for reports', () => {
  let ledger: TestLedger;
  beforeAll(async () => {
    ledger = await startLedger();
  });
  afterAll(() => ledger.stop());

  const call = async (callId: string) => (await ledger.get(`/v1/calls/${callId}`)).body;
  const stats = async () => (await ledger.get('/v1/stats/calls?groupBy=smartStatusCode')).body;
  const open = async () =>
    ((await ledger.get('/v1/quarantine?status=open')).body as { data: Record<string, unknown>[] }).data;

  it('a note and a recording of a known call change nothing of it, and are kept for a later version', async () => {
    await ledger.push([record('known', { callee: '13900000031' })]);
    const [before, sums] = [await call('known'), await stats()];
    for (const message of [RECORDING, NOTE]) {
      const answer = await ledger.push([{ callId: 'known', ...message }]);
      expect([answer.status, answer.text]).toEqual([200, '{"code":0,"msg":"Success"}']);
    }
    expect([await call('known'), await stats()]).toEqual([before, sums]);
    expect(await open()).toMatchObject([
      {
        raw: expect.stringContaining('"majorIntent":"A"'),
        reason: expect.stringContaining('AlicomAgentCallNote'),
      },
      {
        raw: expect.stringContaining('"recordFile"'),
        reason: expect.stringContaining('AlicomAgentCallRecord'),
      },
    ]);
    expect(await rollupDifferences(ledger.database)).toEqual([]);
    await erased(ledger.url, await askFor(ledger.url, '13900000031'));
    expect((await ledger.get('/v1/calls/known')).status).toBe(404);
  });

  it('they may stand in one array with reports, and before the report of their call', async () => {
    const messages = [{ callId: 'mixed', ...NOTE }, record('mixed'), { callId: 'mixed', ...RECORDING }];
    const { headers } = await ledger.push(messages);
    const delivery = (await ledger.get(`/v1/deliveries/${headers.get('x-delivery-id') ?? ''}`)).body;
    expect(delivery).toMatchObject({ records: 3, stored: 1, quarantined: 2 });
    expect(await call('mixed')).toMatchObject({ duration: 330, revision: 1, smartStatusCode: 'ANSWERED' });
  });

  it('a replay leaves them open as long as they are not taken', async () => {
    const ids = (await open()).map(({ id }) => id);
    const headers = { authorization: `Bearer ${API_KEY}` };
    const body = JSON.stringify({ ids });
    const { body: result } = await ledger.request('/v1/quarantine/replay', { method: 'POST', headers, body });
    expect(result).toMatchObject({ examined: ids.length, replayed: 0, unreadable: ids.length });
  });

  it('a message of a sister product says what is wrong', async () => {
    await ledger.push([{ call_id: 'sister', start_time: '2025-06-01 10:00:00' }]);
    expect((await open())[0]).toMatchObject({ reason: expect.stringContaining('another product') });
    await ledger.push([{ callId: 'ours', call_id: 'sister' }]);
    expect(await call('ours')).toMatchObject({ extra: { call_id: 'sister' } });
  });
});
