// What somebody who may not see numbers learns by searching: no more than the masked numbers tell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, object } from '../contract/helpers.js';
import { makeKey, withKey } from '../support/api-keys.js';
import { type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';

const CALLEE = '13911110001';
let ledger: TestLedger;
let blind: string;
let seeing: string;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push([
    record('mobile', { callee: CALLEE }),
    record('with-zero', { callee: `0${CALLEE}` }),
    record('with-country', { callee: `+86${CALLEE}`, caller: '008657100000002' }),
    record('local', { callee: '8880001' }),
    record('other', { callee: '13911110002', caller: 'anonymous' }),
  ]);
  blind = (await makeKey(ledger, { scopes: ['calls:read'] })).key;
  seeing = (await makeKey(ledger, { scopes: ['calls:read', 'numbers:read'] })).key;
});
afterAll(() => ledger.stop());

const PATHS = ['/v1/calls', '/v1/exports/calls'];
const found = (answer: Answer) =>
  dataOf(answer)
    .map(({ callId }) => String(callId))
    .sort();

describe('Without numbers:read', () => {
  it.each([
    'callId=mobile',
    'outId=out-of-mobile',
    'detailId=detail-of-mobile',
    `callee=${CALLEE}`,
    'caller=05710000000',
    'realCaller=05710000001',
  ])('the last digits of the callee are no question about one call or person: %s', async (query) => {
    const [name = ''] = query.split('=');
    for (const path of PATHS) {
      const answer = await withKey(ledger, blind, `${path}?${query}&calleeEndsWith=0001`);
      expect(answer.status).toBe(400);
      expect(object(answer.body)['errors']).toMatchObject([{ path: 'calleeEndsWith' }, { path: name }]);
      expect((await withKey(ledger, seeing, `${path}?${query}&calleeEndsWith=0001`)).status).toBe(200);
    }
  });

  it.each(['10001', '13911110001'])('more than four last digits can not be asked for: %s', async (digits) => {
    for (const path of PATHS) {
      const answer = await withKey(ledger, blind, `${path}?calleeEndsWith=${digits}`);
      expect(answer.status).toBe(400);
      expect(object(answer.body)['errors']).toMatchObject([{ path: 'calleeEndsWith' }]);
      expect((await withKey(ledger, seeing, `${path}?calleeEndsWith=${digits}`)).status).toBe(200);
    }
  });

  it('four last digits can, of numbers whose last four digits are shown', async () => {
    const answer = await withKey(ledger, blind, '/v1/calls?calleeEndsWith=0001');
    expect(found(answer)).toEqual(['mobile', 'with-country', 'with-zero']);
    expect(dataOf(answer).map(({ callee }) => String(callee).slice(-4))).toEqual(['0001', '0001', '0001']);
    const all = await withKey(ledger, seeing, '/v1/calls?calleeEndsWith=0001');
    expect(found(all)).toEqual(['local', 'mobile', 'with-country', 'with-zero']);
  });
});

describe('A number is searched for in every form', () => {
  it.each([CALLEE, `0${CALLEE}`, '+86 139-1111-0001', '0086 139.1111.0001', '１３９１１１１０００１'])(
    'callee=%s',
    async (number) => {
      const answer = await withKey(ledger, blind, `/v1/calls?callee=${encodeURIComponent(number)}`);
      expect(found(answer)).toEqual(['mobile', 'with-country', 'with-zero']);
    },
  );

  it('calling ones too, and texts that are no number as they are', async () => {
    const calling = await withKey(ledger, seeing, '/v1/calls?caller=0571-00000002');
    expect(found(calling)).toEqual(['with-country']);
    expect(found(await withKey(ledger, seeing, '/v1/calls?caller=anonymous'))).toEqual(['other']);
  });
});

describe('Searches by number are limited', () => {
  const numbers = (from: number) =>
    Array.from({ length: 50 }, (_, index) => `139${String(from + index).padStart(8, '0')}`).join(',');

  it('for each key, by the numbers that are asked for, and other questions go on', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const statuses: number[] = [];
    let refused: Answer | undefined;
    for (let turn = 0; turn < 10 && refused === undefined; turn += 1) {
      const answer = await withKey(ledger, key, `/v1/calls?callee=${numbers(turn * 50)}`);
      statuses.push(answer.status);
      if (answer.status === 429) refused = answer;
    }
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(refused?.headers.get('retry-after')).toMatch(/^[1-9][0-9]?$/);
    expect(object(refused?.body)['detail']).toMatch(/searched too many phone numbers/);
    for (const path of PATHS)
      expect((await withKey(ledger, key, `${path}?callee=${numbers(0)}`)).status).toBe(429);
    expect((await withKey(ledger, key, '/v1/calls?callId=mobile')).status).toBe(200);
    expect((await withKey(ledger, blind, `/v1/calls?callee=${CALLEE}`)).status).toBe(200);
  });

  it('in texts that may be numbers, too, but not by references that are none', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const list = (prefix: string, turn: number) =>
      Array.from({ length: 50 }, (_, index) => `${prefix}${String(turn * 50 + index).padStart(8, '0')}`).join(
        ',',
      );
    for (let turn = 0; turn < 20; turn += 1)
      expect((await withKey(ledger, key, `/v1/calls?outId=${list('100', turn)}`)).status).toBe(200);
    const statuses: number[] = [];
    for (const [turn, name] of [
      'outId',
      'statusCode',
      'outId',
      'hangupDirection',
      'outId',
      'outId',
    ].entries())
      statuses.push((await withKey(ledger, key, `/v1/calls?${name}=${list('139', turn)}`)).status);
    expect(statuses).toContain(429);
  });

  it('a number that is asked for in several forms counts as one', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const forms = Array.from({ length: 50 }, (_, index) => `${'0'.repeat(index % 5)}${CALLEE}`).join(',');
    for (let turn = 0; turn < 10; turn += 1)
      expect((await withKey(ledger, key, `/v1/calls?callee=${forms}`)).status).toBe(200);
  });

  it('less so with numbers:read', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read', 'numbers:read'] });
    for (let turn = 0; turn < 15; turn += 1)
      expect((await withKey(ledger, key, `/v1/calls?callee=${numbers(turn * 50)}`)).status).toBe(200);
  });
});
