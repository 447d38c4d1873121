// With a missing call, a repair gets what the vendor still has of its conversation and its recording.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';
import { Completeness } from './checked-ledger.js';
import { conversation, ToldVendor } from './told-vendor.js';

const AUDIO = Buffer.from('RIFF: a made-up recording');
const TURNS = [
  { role: 'assistant', content: '您好' },
  { role: 'user', content: '你好' },
];
const ENTRIES = [
  { detailId: '961', callId: 'talked', status: 4 },
  { detailId: '962', callId: 'silent' },
];
const TASK = { taskId: '1181', entries: ENTRIES };

let vendor: Awaited<ReturnType<typeof ToldVendor.listening>>;
let store: Server;
let ledger: TestLedger;

beforeAll(async () => {
  store = createServer((request, response) => {
    response.setHeader('content-type', 'audio/wav');
    response.end(request.url === '/talked.wav?Signature=s' ? AUDIO : undefined);
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const origin = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  vendor = await ToldVendor.listening();
  vendor.tasks = [TASK];
  vendor.instead = ({ action, parameters }) => {
    const [talked] = ENTRIES;
    if (action !== 'QueryConversationDetailInfoNew' || parameters['CallId'] !== 'talked') return undefined;
    if (talked === undefined) return undefined;
    return {
      data: {
        ...conversation(TASK, talked),
        MajorIntent: 'A',
        ConversationRecord: JSON.stringify(TURNS),
        OutputTags: [{ Id: 1, OutputTagName: '是否来店', OutputTagValue: '是' }],
        RecordingFileDownloadUrl: `${origin}/talked.wav?Signature=s`,
      },
    };
  };
  ledger = await startLedger({
    ...ToldVendor.settingsOf(vendor.server.access),
    RECORDING_ALLOW_HOSTS: '127.0.0.1',
  });
});
afterAll(async () => {
  await ledger.stop();
  await vendor.server.close();
  store.close();
});

it('A repair brings the note and the recording of a call, as pulled ones', async () => {
  await ledger.push([{ callId: 'other', taskId: TASK.taskId, detailId: '960', statusCode: '200000' }]);
  const completeness = Completeness.of(ledger);
  await completeness.check();
  expect(await completeness.repair()).toMatchObject({ status: 'done', repairable: 2, repaired: 2 });
  expect((await ledger.get('/v1/calls/talked/conversation')).body).toMatchObject({ data: TURNS });
  expect((await ledger.get('/v1/calls/silent/conversation')).status).toBe(404);
  const notes = await ledger.database.query(
    'SELECT call_id, major_intent, output_tags, pulled, revision FROM call_notes',
  );
  expect(notes).toEqual([
    { call_id: 'talked', major_intent: 'A', output_tags: { 是否来店: '是' }, pulled: true, revision: 1 },
  ]);
  const headers = { authorization: `Bearer ${API_KEY}` };
  const listen = () => fetch(`${ledger.url}/v1/calls/talked/recording`, { headers });
  await until('the recording', async () => (await listen()).status === 200);
  expect(Buffer.from(await (await listen()).arrayBuffer())).toEqual(AUDIO);
  // A push tells more than the vendor's API, whenever it comes.
  await ledger.push([{ callId: 'talked', majorIntent: 'B', conversationRecord: '' }]);
  expect(await ledger.database.query('SELECT major_intent, pulled FROM call_notes')).toEqual([
    { major_intent: 'B', pulled: false },
  ]);
});
