// No full number reaches a key without numbers:read, whatever it asks: a ledger full of numbers, and every operation.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/security/principal.js';
import { dataOf, pushed, string } from '../contract/helpers.js';
import { type Known, prepare, REQUESTS, WITH_VENDOR } from '../contract/requests.js';
import { makeKey, withKey } from '../support/api-keys.js';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import type { Operation } from '../support/contract/document.js';
import { type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';

const { operations } = new Contract(await describedApi());
const ours = operations.filter(({ path }) => path.startsWith('/v1'));

/** Every number that the ledger holds. */
const ANY_NUMBER = /139\D?1111\D?\d{4}/;
const CALLEE = '13911110001';
const FULL_OF_NUMBERS = {
  callee: CALLEE,
  caller: '13911110002',
  realCaller: '+8613911110003',
  statusMsg: 'reached 13911110004 by 139 1111 0004',
  outId: '13911110005',
  hangupDirection: '13911110006',
  statusCode: '13911110007',
  smartStatusCode: '13911110008',
  ringTime: '13911110009',
  duration: '13911110010x',
  note: ['13911110011', { deep: 13911110012 }],
  '13911110013': true,
};

/** What shows a number to those who may see it. What is missing here holds none. */
const SHOWING = [
  'listCalls',
  'getCall',
  'getCallHistory',
  'getCallStats',
  'listChanges',
  'exportCalls',
  'getDeliveryBody',
  'listStatusCodes',
  'listSchemaDrift',
  'listQuarantine',
  'getQuarantined',
  'discardQuarantined',
  'listApiKeys',
].sort();

let ledger: TestLedger;
let known: Known;
let blind: string;
let seeing: string;

beforeAll(async () => {
  ledger = await startLedger(WITH_VENDOR);
  const prepared = await prepare(ledger);
  await pushed(ledger, [record('numbers', { ...FULL_OF_NUMBERS, callee: '13911110014' })]);
  const delivery = await pushed(ledger, [
    record('numbers', FULL_OF_NUMBERS),
    { stray: '13911110015', callee: 13911110016 },
  ]);
  await ledger.push('[{"callee": "13911110017", "note": "13911110018');
  await ledger.push(Buffer.from('[{"note": "ÿ13911110019"}]', 'latin1'));
  const [, , entry] = dataOf(await ledger.get('/v1/quarantine'));
  expect(entry).toMatchObject({ raw: expect.stringContaining('13911110015') as unknown });
  known = { ...prepared, callId: 'numbers', delivery, openEntry: string(entry?.['id']) };
  await makeKey(ledger, { name: 'of 13911110020', scopes: ['calls:read'] });
  blind = (await makeKey(ledger, { scopes: SCOPES.filter((scope) => scope !== 'numbers:read') })).key;
  seeing = (await makeKey(ledger, { scopes: SCOPES })).key;
});
afterAll(() => ledger.stop());

function sampleOf({ operationId }: Operation): { target: string; body?: string } {
  const request = REQUESTS[operationId];
  if (request === undefined) throw new Error(`add ${operationId} to REQUESTS`);
  return request(known);
}

/** The sample, and for what is read all of it, and page by page. */
async function answersOf(operation: Operation, key: string): Promise<Answer[]> {
  const { target, body } = sampleOf(operation);
  const { method } = operation;
  const sample = await withKey(ledger, key, target, { method, ...(body === undefined ? {} : { body }) });
  if (method !== 'GET') return [sample];
  const [path = ''] = target.split('?');
  const queries = ['', '?limit=1000', '?limit=1', '?groupBy=statusCode,hangupDirection'];
  const others = await Promise.all(queries.map((query) => withKey(ledger, key, path + query)));
  const all = [sample, ...others];
  for (const { body: page } of [...all]) {
    const cursor = cursorIn(page);
    if (cursor !== undefined) all.push(await withKey(ledger, key, `${path}?limit=1&cursor=${cursor}`));
  }
  return all;
}

function cursorIn(body: unknown): string | undefined {
  return /"nextCursor":"([^"]+)"/.exec(JSON.stringify(body ?? null))?.[1];
}

/** All that an answer tells, what is in its cursors and in what is base64 too. */
function toldBy({ text, headers, body }: Answer): string {
  const packed = [...JSON.stringify([text, ...headers]).matchAll(/[A-Za-z0-9+/_-]{16,}=*/g)].map(([part]) =>
    Buffer.from(part, 'base64url').toString('latin1'),
  );
  return [text, JSON.stringify(body), JSON.stringify([...headers]), ...packed].join('\n');
}

describe('Without numbers:read', () => {
  it.each(ours)('$method $path ($operationId) tells no number', async (operation) => {
    for (const answer of await answersOf(operation, blind)) expect(toldBy(answer)).not.toMatch(ANY_NUMBER);
  });

  it('numbers are shown in part', async () => {
    expect((await withKey(ledger, blind, '/v1/calls/numbers')).body).toMatchObject({
      callee: '139****0001',
      caller: '139****0002',
      realCaller: '+86****0003',
      statusMsg: 'reached 139****0004 by 139****0004',
      outId: '139****0005',
      extra: { note: ['139****0011', { deep: '139****0012' }], '139****0013': true, ringTime: '139****0009' },
      taskId: 'task-1',
      originateTime: '2025-06-01T01:59:45.000Z',
    });
    const history = await withKey(ledger, blind, '/v1/calls/numbers/history');
    expect(history.body).toMatchObject({
      data: [{ changes: [{ field: 'callee', before: '139****0014', after: '139****0001' }] }, {}],
    });
    const body = await withKey(ledger, blind, `/v1/deliveries/${known.delivery}/body`);
    expect(body.body).toMatchObject([
      { callId: 'numbers', callee: '139****0001' },
      { stray: '139****0015', callee: '139****0016' },
    ]);
  });

  it("the call's own number is masked in its other fields, whichever are asked for", async () => {
    const own = '057121110041';
    for (const [index, outId] of [
      own,
      `0${own}`,
      `0086${own.slice(1)}`,
      'crm-57121110041',
      '571-2111-0041',
    ].entries()) {
      await ledger.push([
        record(`own-${index}`, {
          callee: own,
          outId,
          taskId: { of: '139.11110031' },
          about: { callId: '139 - 1111 - 0032', taskId: '139\t1111\t0033', batchId: '139/1111/0034' },
          more: [
            '139\u20091111\u20090035',
            '139\u30001111\u30000036',
            '139\u22121111\u22120037',
            '١٣٩١١١١٠٠٣٨',
          ],
        }),
      ]);
      for (const path of ['/v1/calls', '/v1/exports/calls'])
        for (const fields of ['', '&fields=outId', '&fields=outId,extra', '&fields=outId,callee']) {
          const answer = await withKey(ledger, blind, `${path}?callId=own-${index}${fields}`);
          expect([outId, answer.text]).toEqual([outId, expect.stringContaining('****') as unknown]);
          expect([outId, answer.text]).not.toEqual([
            outId,
            expect.stringMatching(/2111\D?0041|1111\D{0,3}00|١٣٩/),
          ]);
        }
      const history = await withKey(ledger, blind, `/v1/calls/own-${index}/history`);
      expect(history.text).not.toMatch(/2111\D?0041|1111\D{0,3}00|١٣٩/);
    }
  });

  it('a whole number can be searched by; what is found is masked all the same', async () => {
    for (const query of [
      `callee=${CALLEE}`,
      'calleeEndsWith=0001',
      'caller=13911110002',
      'outId=13911110005',
    ]) {
      const answer = await withKey(ledger, blind, `/v1/calls?${query}`);
      expect([query, dataOf(answer).map(({ callId }) => callId)]).toEqual([query, ['numbers']]);
      expect(toldBy(answer)).not.toMatch(ANY_NUMBER);
    }
  });

  it('errors quote none', async () => {
    const asked = `/v1/calls/${CALLEE} /v1/calls?limit=${CALLEE} /v1/calls?cursor=${CALLEE} /v1/tasks/${CALLEE} /v1/${CALLEE}
      /v1/calls?from=${CALLEE} /v1/deliveries/${CALLEE}/body /v1/quarantine/${CALLEE} /v1/stats/calls?interval=${CALLEE}`;
    for (const path of asked.split(/\s+/)) {
      const answer = await withKey(ledger, blind, path);
      expect([path, answer.status >= 400]).toEqual([path, true]);
      expect(toldBy(answer)).not.toMatch(ANY_NUMBER);
    }
  });

  it('an answer has another ETag', async () => {
    const [masked, whole] = [blind, seeing].map((key) => withKey(ledger, key, '/v1/calls/numbers'));
    expect((await masked)?.headers.get('etag')).not.toBe((await whole)?.headers.get('etag'));
    const etag = (await whole)?.headers.get('etag') ?? '';
    const again = await withKey(ledger, blind, '/v1/calls/numbers', { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(200);
  });
});

describe('With numbers:read', () => {
  it('every operation that has numbers tells them', async () => {
    const telling: string[] = [];
    for (const operation of ours) {
      const answers = await answersOf(operation, seeing);
      if (answers.some((answer) => ANY_NUMBER.test(toldBy(answer)))) telling.push(operation.operationId);
    }
    expect(telling.sort()).toEqual(SHOWING);
  });

  it('bodies are as they came, to the byte', async () => {
    const answer = await withKey(ledger, seeing, `/v1/deliveries/${known.delivery}/body`);
    expect(answer.text).toBe(
      JSON.stringify([record('numbers', FULL_OF_NUMBERS), { stray: '13911110015', callee: 13911110016 }]),
    );
  });
});
