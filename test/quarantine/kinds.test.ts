// An entry is replayed as the message that it was pushed as.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

it.each([
  ['call-reports', 'calls'],
  ['call-notes', 'call_notes'],
  ['call-recordings', 'call_recordings'],
])('What only the URL %s tells is replayed into %s', async (url, table) => {
  const body = JSON.stringify([{ taskId: url }]);
  await ledger.request(`/push/${PUSH_TOKEN}/${url}`, { method: 'POST', body });
  // A newer version would read it.
  const raw = Buffer.from(JSON.stringify({ callId: url, taskId: url }));
  const [entry] = await ledger.database.query<{ id: string }>(
    `UPDATE quarantine SET raw = $1 WHERE status = 'open' RETURNING id`,
    [raw],
  );
  const answer = await ledger.request('/v1/quarantine/replay', {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ ids: [entry?.id] }),
  });
  expect(answer.body).toMatchObject({ replayed: 1 });
  const found: string[] = [];
  for (const each of ['calls', 'call_notes', 'call_recordings']) {
    const rows = await ledger.database.query(`SELECT 1 FROM ${each} WHERE call_id = $1`, [url]);
    if (rows.length > 0) found.push(each);
  }
  expect(found).toEqual([table]);
});

it('The signature of a URL is shown neither in bodies, nor in the quarantine, nor in unknown fields', async () => {
  const url = 'http://store.example/a.wav?Signature=secret';
  const records = [
    { callId: 'a', statusCode: '200000', recordFile: url },
    { recordFile: url },
    { callId: 'b', recordFile: url },
  ];
  await ledger.push(records);
  await ledger.push(`[{"recordFile":"${url}`);
  const [delivery] = ((await ledger.get('/v1/deliveries?limit=1')).body as { data: { id: string }[] }).data;
  const texts = [
    (await ledger.get(`/v1/deliveries/${delivery?.id ?? ''}/body`)).text,
    (await ledger.get('/v1/quarantine')).text,
    (await ledger.get('/v1/calls/a')).text,
    (await ledger.get('/v1/calls/a/history')).text,
  ];
  for (const text of texts) {
    expect(text).toContain('a.wav?…');
    expect(text).not.toContain('secret');
  }
});
