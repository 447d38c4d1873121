import { afterAll, beforeAll, expect, it } from 'vitest';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

const TURNS = [
  { role: 'assistant', content: '您好，请问您的电话是 13900000051 吗？' },
  { role: 'user', content: '是的 <hangup/>' },
];
let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
  const note = (callId: string) => ({ callId, conversationRecord: JSON.stringify(TURNS), call_times: 1 });
  await ledger.push([
    record('said'),
    note('said'),
    note('early'),
    record('silent'),
    { ...note('silent'), conversationRecord: '' },
  ]);
});
afterAll(() => ledger.stop());

async function keyWith(...scopes: string[]): Promise<string> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const body = JSON.stringify({ name: scopes.join(), scopes });
  const answer = await ledger.request('/v1/api-keys', { method: 'POST', headers, body });
  return (answer.body as { key: string }).key;
}
const ask = (callId: string, key: string) =>
  ledger.request(`/v1/calls/${callId}/conversation`, { headers: { authorization: `Bearer ${key}` } });

it('A conversation is shown with its numbers masked, to keys that may read conversations, and noted', async () => {
  const key = await keyWith('conversations:read');
  const { status, body } = await ask('said', key);
  expect([status, body]).toEqual([
    200,
    { data: [{ role: 'assistant', content: '您好，请问您的电话是 139****0051 吗？' }, TURNS[1]] },
  ]);
  expect((await ask('said', await keyWith('conversations:read', 'numbers:read'))).body).toEqual({
    data: TURNS,
  });
  expect((await ask('said', await keyWith('calls:read'))).status).toBe(403);
  const { body: events } = await ledger.get('/v1/audit-events?action=conversation.read');
  expect((events as { data: object[] }).data).toMatchObject([
    { detail: { parameters: { callId: 'said' } } },
    { detail: { parameters: { callId: 'said' } } },
  ]);
});

it.each(['early', 'silent', 'unknown'])('There is none of the call %s', async (callId) => {
  expect((await ask(callId, API_KEY)).status).toBe(404);
});
