// An erasure reaches notes and recordings: those of the person's calls go, and in all others the number is replaced.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { askFor, erased } from './erasing.js';

const NUMBER = '13900000041';
let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const note = (callId: string, said: string) => ({
  callId,
  majorIntent: 'A',
  outputTags: { 回电: said },
  conversationRecord: JSON.stringify([{ role: 'user', content: `请打 ${said}` }]),
  call_times: 1,
});
const pushTo = async (url: string, records: unknown) => {
  const body = JSON.stringify(records);
  const answer = await ledger.request(`/push/${PUSH_TOKEN}/${url}`, { method: 'POST', body });
  expect(answer.status).toBe(200);
};
const everything = async () => {
  const rows: object[] = [];
  for (const table of ['call_notes', 'call_recordings', 'message_revisions'])
    rows.push(...(await ledger.database.query(`SELECT * FROM ${table} ORDER BY call_id`)));
  return JSON.stringify(rows);
};

it('An erasure deletes what belongs to the calls of the person, and masks the number elsewhere', async () => {
  await ledger.push([record('hers', { callee: NUMBER }), record('other', { callee: '13900000042' })]);
  await pushTo('call-notes', [note('hers', '13900000043'), note('other', NUMBER), note('early', NUMBER)]);
  // An earlier content that holds the number, and a later one that does not.
  await pushTo('call-notes', [note('corrected', `+86 139-0000-0041`)]);
  await pushTo('call-notes', [note('corrected', 'nothing')]);
  const recordFile = (name: string) => `http://store.example/${name}.wav?Signature=s`;
  await pushTo('call-recordings', [
    { callId: 'hers', recordFile: recordFile('hers') },
    { callId: 'other', recordFile: recordFile(`to-${NUMBER}`) },
  ]);
  const { length } = await everything();
  await erased(ledger.url, await askFor(ledger.url, NUMBER));
  const left = await everything();
  expect(left.length).toBeLessThan(length);
  expect(left).not.toMatch(/0000041|0000-0041|"hers"/);
  const [other] = await ledger.database.query('SELECT * FROM call_notes WHERE call_id = $1', ['other']);
  expect(other).toMatchObject({
    ...{ major_intent: 'A', call_times: 1, output_tags: { 回电: '[erased]' } },
    conversation_record: [{ role: 'user', content: '请打 [erased]' }],
  });
  const kept = await ledger.database.query('SELECT call_id FROM call_recordings');
  expect(kept).toEqual([{ call_id: 'other' }]);
});
