// The names of tasks and batches in calls and exports: as they are when asked, and never in the feed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey, withKey } from '../../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { dataOf, expectProblem, object, pushed, pushFromOther } from '../../contract/helpers.js';
import { readCsv } from '../exports/csv-reader.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(ledger, [
    record('a', { taskId: 'task-1', batchId: 'batch-1', extra: 'Ask for 13900000005' }),
    record('b', { taskId: 'task-1', batchId: null }),
    record('c', { taskId: 'task-2', batchId: 'batch-1' }),
    record('d', { taskId: null, batchId: null }),
  ]);
  await pushFromOther(ledger, [record('e', { taskId: 'task-3', batchId: 'batch-3' })]);
  await label('task-1', 'Spring "sale", €');
  await label('task-1/batches/batch-1', '=1+1');
  await label('task-3', 'Secret');
});
afterAll(() => ledger.stop());

async function label(place: string, name: string): Promise<void> {
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ name });
  expect((await ledger.request(`/v1/tasks/${place}/label`, { method: 'PUT', headers, body })).status).toBe(
    200,
  );
}

function namesIn(calls: readonly Record<string, unknown>[]): Record<string, unknown[]> {
  return Object.fromEntries(
    calls.map(({ callId, taskName, batchName }) => [String(callId), [taskName, batchName]]),
  );
}
const NAMES = {
  a: ['Spring "sale", €', '=1+1'],
  b: ['Spring "sale", €', null],
  c: [null, null],
  d: [null, null],
  e: ['Secret', null],
};

describe('The names of tasks and batches', () => {
  it('stand in lists of calls, also with masked numbers and among named fields', async () => {
    expect(namesIn(dataOf(await ledger.get('/v1/calls')))).toEqual(NAMES);
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    expect(namesIn(dataOf(await withKey(ledger, key, '/v1/calls')))).toEqual(NAMES);
    expect(dataOf(await ledger.get('/v1/calls?fields=batchName&callId=a'))).toEqual([
      { callId: 'a', batchName: '=1+1' },
    ]);
    expect(dataOf(await ledger.get('/v1/calls?fields=outId&callId=a'))).toEqual([
      { callId: 'a', outId: 'out-of-a' },
    ]);
  });

  it('stand in a call, which is the same as in the list', async () => {
    for (const callId of Object.keys(NAMES)) {
      const call = object((await ledger.get(`/v1/calls/${callId}`)).body);
      expect(dataOf(await ledger.get(`/v1/calls?callId=${callId}`))).toEqual([call]);
    }
  });

  it.each(['', '&fields=taskName,batchName', '&taskId=task-1,task-2', '&taskId=task-3&fields=taskName'])(
    'stand in exports of both formats: %s',
    async (query) => {
      const listed = namesIn(dataOf(await ledger.get(`/v1/calls?limit=9${query}`)));
      expect(Object.keys(listed)).not.toEqual([]);
      const lines = (await ledger.get(`/v1/exports/calls?format=ndjson${query}`)).text.trim().split('\n');
      expect(namesIn(lines.map((line) => object(JSON.parse(line))))).toEqual(listed);
      const table = readCsv((await ledger.get(`/v1/exports/calls?for=program${query}`)).text);
      const [head = [], ...rows] = table;
      const calls = rows.map((row) =>
        Object.fromEntries<unknown>(head.map((name, place) => [String(name), row[place]])),
      );
      expect(namesIn(calls)).toEqual(listed);
    },
  );

  it('are guarded in spreadsheets, and left out of exports without them', async () => {
    const { text } = await ledger.get('/v1/exports/calls?fields=batchName&callId=a');
    expect(text).toBe('callId,batchName\r\n"a","\'=1+1"\r\n');
    expect((await ledger.get('/v1/exports/calls?fields=outId&callId=a')).text).not.toContain('1+1');
  });

  it('are those of the moment of the question, and no change of the call', async () => {
    const { nextCursor } = object((await ledger.get('/v1/changes?after=now&limit=0')).body);
    await label('task-2', 'First');
    expect((await ledger.get('/v1/calls/c')).body).toMatchObject({ taskName: 'First', revision: 1 });
    await label('task-2', '');
    expect((await ledger.get('/v1/calls/c')).body).toMatchObject({ taskName: null, revision: 1 });
    expect(dataOf(await ledger.get(`/v1/changes?after=${String(nextCursor)}`))).toEqual([]);
  });

  it('are not in the feed, the history and webhooks', async () => {
    for (const path of ['/v1/changes', '/v1/calls/a/history']) {
      const { status, text } = await ledger.get(path);
      expect([status, text.includes('Name"')]).toEqual([200, false]);
    }
    expect(expectProblem(await ledger.get('/v1/changes?fields=taskName'), 400)).toEqual(['fields']);
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'x', url: 'https://crm.example.com/', fields: ['taskName'] });
    const webhook = await ledger.request('/v1/webhooks', { method: 'POST', headers, body });
    expect(expectProblem(webhook, 400)).toEqual(['fields']);
  });

  it('are only those of tasks whose calls the key may see', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'], sources: ['vendor'] });
    for (const path of ['/v1/calls', '/v1/exports/calls', '/v1/exports/calls?format=ndjson']) {
      const { status, text } = await withKey(ledger, key, path);
      expect([status, text.includes('Spring'), text.includes('Secret')]).toEqual([200, true, false]);
    }
    expect((await withKey(ledger, key, '/v1/calls/e')).status).toBe(404);
  });
});
