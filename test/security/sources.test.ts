// A key that is limited to sources: calls of others do not exist for it, wherever it asks.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/security/principal.js';
import { dataOf, pushed, pushFromOther, string } from '../contract/helpers.js';
import {
  completenessOf,
  followerOf,
  type Known,
  prepare,
  REQUESTS,
  webhookOf,
  WITH_VENDOR,
} from '../contract/requests.js';
import { eraseCalls } from '../query/changes/erasing.js';
import { makeKey, withKey } from '../support/api-keys.js';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import type { Operation } from '../support/contract/document.js';
import { type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';

const { operations } = new Contract(await describedApi());
const ours = operations.filter(({ path }) => path.startsWith('/v1'));
const BROKEN = '{"foreign": "no call"}';
const foreign = (callId: string, changes: Record<string, unknown> = {}) =>
  record(`foreign-${callId}`, {
    taskId: 'foreign-task',
    batchId: 'foreign-batch',
    statusCode: 'foreign-code',
    extraField: 'foreign',
    ...changes,
  });

let ledger: TestLedger;
let own: Known;
let theirs: Known;
let key: string;

beforeAll(async () => {
  ledger = await startLedger(WITH_VENDOR);
  own = await prepare(ledger);
  const answer = await pushFromOther(ledger, [foreign('1'), foreign('2'), JSON.parse(BROKEN)]);
  // In a task and batch that both sources know.
  await pushFromOther(ledger, [foreign('3', { taskId: 'task-1', batchId: 'batch-1' })]);
  await eraseCalls(ledger.database, ['foreign-2']);
  const [entry] = dataOf(await ledger.get('/v1/quarantine?source=other'));
  const [check, repair] = await completenessOf(ledger, 'foreign-task', 'other');
  theirs = {
    ...own,
    ...{ check, repair },
    callId: 'foreign-1',
    taskId: 'foreign-task',
    batchId: 'foreign-batch',
    delivery: string(answer.headers.get('x-delivery-id')),
    openEntry: string(entry?.['id']),
    apiKey: (await makeKey(ledger, { name: 'foreign', scopes: ['calls:read'], sources: ['other'] })).id,
  };
  const foreignKey = await makeKey(ledger, { name: 'foreign', scopes: SCOPES, sources: ['other'] });
  const foreignWebhook = await webhookOf(ledger, foreignKey.key);
  theirs = {
    ...theirs,
    ...{ webhook: foreignWebhook, doomedWebhook: foreignWebhook },
    follower: await followerOf(ledger, foreignKey.key, 'foreign-follower'),
  };
  key = (await makeKey(ledger, { scopes: SCOPES, sources: ['vendor', 'third'] })).key;
  own = {
    ...own,
    webhook: await webhookOf(ledger, key),
    doomedWebhook: await webhookOf(ledger, key),
    follower: await followerOf(ledger, key),
  };
});
afterAll(() => ledger.stop());

const ask = (path: string) => withKey(ledger, key, path);

function send(operation: Operation, known: Known, by: string): Promise<Answer> {
  const request = REQUESTS[operation.operationId];
  if (request === undefined) throw new Error(`add ${operation.operationId} to REQUESTS`);
  const { target, body } = request(known);
  return withKey(ledger, by, target, { method: operation.method, ...(body === undefined ? {} : { body }) });
}

describe('For a key that is limited to sources', () => {
  it.each(ours)(
    '$method $path ($operationId) tells nothing of others, though asked for it',
    async (operation) => {
      const answer = await send(operation, theirs, key);
      expect(Math.floor(answer.status / 100)).toBe(isRefused(operation) ? 4 : 2);
      if (operation.path.includes('{'))
        expect(answer.status).toBe(WHOLE.has(operation.operationId) ? 403 : 404);
      expect(answer.text).not.toMatch(/foreign|"other"/);
    },
  );

  it.each(ours.filter(({ method, path }) => method === 'GET' && !path.includes('{')))(
    '$path ($operationId) tells nothing of others, whatever it is asked for',
    async ({ path, operationId }) => {
      for (const query of [
        '',
        '?limit=1000',
        '?source=other',
        '?source=vendor,other',
        '?groupBy=source,taskId',
      ]) {
        const answer = await ask(path + query);
        if (WHOLE.has(operationId)) expect(answer.status).toBe(403);
        expect(answer.text).not.toMatch(/foreign|"other"/);
      }
    },
  );

  it.each(ours)('$method $path ($operationId) goes well for what is its own', async (operation) => {
    if (operation.operationId === 'revokeApiKey' || WHOLE.has(operation.operationId)) return;
    expect((await send(operation, own, key)).status).toBeLessThan(300);
  });

  it('totals, statistics and counts of codes are of its own calls', async () => {
    const [all, seen] = [await ledger.get('/v1/tasks/task-1'), await ask('/v1/tasks/task-1')];
    const { calls } = all.body as { calls: number };
    expect(seen.body).toMatchObject({ calls: calls - 1 });
    expect((await ask('/v1/tasks/task-1/batches/batch-1')).body).toMatchObject({ calls: calls - 1 });
    expect(dataOf(await ask('/v1/tasks')).map(({ taskId }) => taskId)).toEqual(['task-1']);
    expect(dataOf(await ask('/v1/batches')).map(({ calls: sum }) => sum)).toEqual([calls - 1]);
    expect(dataOf(await ask('/v1/stats/calls'))).toMatchObject([{ calls: calls - 1 }]);
    const { statusCode } = (await ask('/v1/status-codes')).body as { statusCode: { calls: number }[] };
    expect(statusCode.reduce((sum, code) => sum + code.calls, 0)).toBe(calls - 1);
  });

  it('its own calls are all there', async () => {
    const mine = dataOf(await ledger.get('/v1/calls?source=vendor'));
    expect(mine.length).toBeGreaterThan(2);
    expect(dataOf(await ask('/v1/calls'))).toEqual(mine);
    expect(dataOf(await ask('/v1/calls?source=other'))).toEqual([]);
    expect(dataOf(await ask('/v1/calls?source=vendor,other'))).toEqual(mine);
  });

  it('a cursor of another key leads to nothing of others', async () => {
    for (const path of ['calls', 'deliveries', 'quarantine', 'tasks', 'batches']) {
      const { page } = (await ledger.get(`/v1/${path}?limit=1`)).body as { page: { nextCursor: string } };
      const answer = await ask(`/v1/${path}?cursor=${page.nextCursor}`);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.text).not.toMatch(/foreign|"other"/);
    }
  });

  it('entries of others are neither replayed nor discarded', async () => {
    const post = (path: string, body?: string) =>
      withKey(ledger, key, path, { method: 'POST', ...(body === undefined ? {} : { body }) });
    expect((await post(`/v1/quarantine/${theirs.openEntry}/discard`)).status).toBe(404);
    await ledger.database.query('UPDATE quarantine SET raw = $1 WHERE id = $2', [
      Buffer.from(JSON.stringify(foreign('replayed'))),
      theirs.openEntry,
    ]);
    const result = await post('/v1/quarantine/replay', JSON.stringify({ ids: [theirs.openEntry] }));
    expect(result.body).toMatchObject({ examined: 0, replayed: 0, notOpen: 1 });
    expect((await post('/v1/quarantine/replay', '{"source":["other"]}')).body).toMatchObject({ examined: 0 });
    expect((await ledger.get(`/v1/quarantine/${theirs.openEntry}`)).body).toMatchObject({ status: 'open' });
    expect((await ledger.get('/v1/calls/foreign-replayed')).status).toBe(404);
  });
});

describe('A call that comes from one source after another', () => {
  it('is there for the last one, with the contents that this one brought', async () => {
    await pushed(ledger, [record('moved', { statusMsg: 'of vendor 1' })]);
    await pushed(ledger, [record('moved', { statusMsg: 'of vendor 2' })]);
    expect(dataOf(await ask('/v1/calls/moved/history'))).toHaveLength(2);
    await pushFromOther(ledger, [record('moved', { statusMsg: 'foreign content' })]);
    expect((await ask('/v1/calls/moved')).status).toBe(404);
    expect((await ask('/v1/calls/moved/history')).status).toBe(404);
    await pushed(ledger, [record('moved', { statusMsg: 'of vendor 4' })]);
    const history = await ask('/v1/calls/moved/history');
    expect(history.text).not.toMatch(/foreign|"other"/);
    expect(dataOf(history).map(({ revision, changes }) => [revision, changes === null])).toEqual([
      [4, true],
      [2, false],
      [1, true],
    ]);
    const { data } = (await ledger.get('/v1/calls/moved/history')).body as { data: unknown[] };
    expect(data).toHaveLength(4);
  });

  it('is erased for who follows the changes of the first one, and comes again with it', async () => {
    const now = async (after: string) => (await ask(`/v1/changes?after=${after}`)).body as ChangeAnswer;
    await pushed(ledger, [record('taken')]);
    const { nextCursor: before } = await now('now');
    await pushFromOther(ledger, [record('taken', { duration: 1 }), foreign('new')]);
    const taken = await now(before);
    expect(taken).toMatchObject({ data: [{ type: 'erased', callId: 'taken' }], upToDate: true });
    await eraseCalls(ledger.database, ['foreign-new']);
    await pushed(ledger, [record('taken', { duration: 2 })]);
    const again = await now(taken.nextCursor);
    expect(again.data).toMatchObject([{ type: 'call', call: { callId: 'taken', duration: 2 } }]);
    await eraseCalls(ledger.database, ['taken']);
    expect((await now(again.nextCursor)).data).toEqual([{ type: 'erased', callId: 'taken' }]);
  });
});

interface ChangeAnswer {
  readonly data: unknown[];
  readonly nextCursor: string;
}

function isRefused({ path, operationId }: Operation): boolean {
  return path.includes('{') || WHOLE.has(operationId);
}

/** Operations whose answers are of no source. */
const WHOLE = new Set([
  'getStatus',
  'listAuditEvents',
  'listSchemaDrift',
  'acknowledgeSchemaDrift',
  'eraseNumber',
  'listErasures',
  'getErasure',
  'listSessions',
  'endSession',
]);
