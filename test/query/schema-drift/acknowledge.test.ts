// Schema drift that somebody has seen: acknowledged together, by filter.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataOf, expectProblem, pushed, string } from '../../contract/helpers.js';
import { makeKey } from '../../support/api-keys.js';
import { API_KEY, type Answer, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(ledger, [
    record('a', { strayOne: 1, strayTwo: 2, smartStatusCode: 'NEVER_HEARD_OF' }),
    record('b', { strayOne: 1, duration: '7', '13900000001': 1 }),
  ]);
});
afterAll(() => ledger.stop());

function acknowledge(body: object, key = API_KEY): Promise<Answer> {
  return ledger.request('/v1/schema-drift/acknowledge', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
}

const listed = async (query = '') => dataOf(await ledger.get(`/v1/schema-drift?${query}`));
const fieldsOf = async (query: string) => (await listed(query)).map(({ field }) => string(field)).sort();

it('Without any filter it is refused, and nothing is acknowledged', async () => {
  for (const body of [{}, { timeZone: 'UTC' }, { dryRun: false }])
    expectProblem(await acknowledge(body), 400);
  expect(await listed('status=acknowledged')).toEqual([]);
  expectProblem(await acknowledge({ kind: ['nothing'] }), 400);
  expect((await listed('status=open')).length).toBe(5);
});

it('It needs quarantine:manage, and a key for all sources', async () => {
  const reader = await makeKey(ledger, { scopes: ['deliveries:read'] });
  expectProblem(await acknowledge({ status: 'open' }, reader.key), 403);
  const limited = await makeKey(ledger, { scopes: ['quarantine:manage'], sources: ['vendor'] });
  expectProblem(await acknowledge({ status: 'open' }, limited.key), 403);
});

it('A dry run counts and changes nothing; then they are acknowledged, and audited without numbers', async () => {
  const filter = { kind: ['unknownField'], field: ['strayOne', '13900000001'] };
  expect((await acknowledge({ ...filter, dryRun: true })).body).toEqual({ dryRun: true, acknowledged: 2 });
  expect(await listed('status=acknowledged')).toEqual([]);
  expect((await acknowledge(filter)).body).toEqual({ dryRun: false, acknowledged: 2 });
  expect(await fieldsOf('status=acknowledged')).toEqual(['13900000001', 'strayOne']);
  expect(await fieldsOf('status=open')).toEqual(['duration', 'smartStatusCode', 'strayTwo']);
  expect((await listed('status=open,acknowledged')).length).toBe(5);
  const [event, ...others] = dataOf(await ledger.get('/v1/audit-events?action=drift.acknowledged'));
  expect(others).toEqual([]);
  expect(event).toMatchObject({ rows: 2, keyId: 'admin', detail: { kind: ['unknownField'] } });
  expect(JSON.stringify(event)).not.toContain('13900000001');
  expect((await acknowledge(filter)).body).toEqual({ dryRun: false, acknowledged: 0 });
});

it('What comes again stays acknowledged and is counted, and what is new is open', async () => {
  const [before] = await listed('field=strayOne');
  await pushed(ledger, [record('c', { strayOne: 3, strayThree: 3 })]);
  const [after] = await listed('field=strayOne');
  expect(after).toMatchObject({ count: 3, acknowledgedAt: before?.['acknowledgedAt'] });
  expect(after?.['acknowledgedAt']).not.toBeNull();
  expect(await fieldsOf('status=open')).toContain('strayThree');
});

it('What was first seen since the list was read stays open', async () => {
  const [newest] = await listed('field=strayThree');
  const firstSeenTo = string(newest?.['firstSeenAt']);
  expect((await acknowledge({ firstSeenTo, dryRun: true })).body).toMatchObject({ acknowledged: 3 });
  expect((await acknowledge({ firstSeenTo })).body).toMatchObject({ acknowledged: 3 });
  expect(await fieldsOf('status=open')).toEqual(['strayThree']);
  expect((await acknowledge({ status: 'open' })).body).toMatchObject({ acknowledged: 1 });
  expect(await listed('status=open')).toEqual([]);
});
