// Many entries of the quarantine with one cause: grouped, and discarded together.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeKey, withKey } from '../support/api-keys.js';
import { API_KEY, type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { dataOf, expectProblem, object, pushed, pushFromOther } from '../contract/helpers.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(ledger, [{ stray: 1 }, 7, { stray: 2 }]);
  await pushed(ledger, [{ stray: 3 }]);
  await pushFromOther(ledger, [{ stray: 4 }]);
});
afterAll(() => ledger.stop());

function discard(body: object): Promise<Answer> {
  return ledger.request('/v1/quarantine/discard', {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify(body),
  });
}

const open = async (filter = '') => dataOf(await ledger.get(`/v1/quarantine?status=open${filter}`));
const groups = async () => dataOf(await ledger.get('/v1/quarantine/groups?status=open'));

it('Entries are grouped by cause, with how many there are and when they came', async () => {
  const [largest, ...others] = await groups();
  const entries = await open('&source=vendor');
  expect(others.length).toBe(2);
  const reason = String(largest?.['reason']);
  const ofReason = dataOf(
    await ledger.get(`/v1/quarantine?source=vendor&reason=${encodeURIComponent(reason)}`),
  );
  expect(largest).toMatchObject({ source: 'vendor', entries: ofReason.length });
  expect(ofReason.length).toBeLessThan(entries.length);
  expect(largest).toMatchObject({
    id: ofReason[0]?.['id'],
    lastReceivedAt: ofReason[0]?.['receivedAt'],
    firstReceivedAt: ofReason.at(-1)?.['receivedAt'],
  });
});

it('A key that is limited to sources sees the groups of its sources alone', async () => {
  const { key } = await makeKey(ledger, { scopes: ['quarantine:manage'], sources: ['other'] });
  const own = dataOf(await withKey(ledger, key, '/v1/quarantine/groups'));
  expect(own.map(({ source }) => source)).toEqual(['other']);
});

it('A discard without any filter is refused, and nothing is discarded', async () => {
  const before = (await open()).length;
  for (const body of [{}, { limit: 1000 }, { timeZone: 'UTC' }, { dryRun: false }])
    expectProblem(await discard(body), 400);
  expect((await open()).length).toBe(before);
});

it('A dry run counts and changes nothing; then the group is discarded, step by step, and audited', async () => {
  const [{ reason, source, entries } = {}] = await groups();
  const before = (await open()).length;
  const filter = { reason, source: [source] };
  expect((await discard({ ...filter, dryRun: true })).body).toEqual({
    dryRun: true,
    discarded: entries,
    notOpen: 0,
    nextCursor: null,
  });
  expect((await open()).length).toBe(before);
  let cursor: unknown;
  let discarded = 0;
  do {
    const { body } = await discard({ ...filter, limit: 1, ...(cursor !== undefined && { cursor }) });
    discarded += Number(object(body)['discarded']);
    cursor = object(body)['nextCursor'];
  } while (cursor !== null);
  expect(discarded).toBe(entries);
  expect((await open()).length).toBe(before - Number(entries));
  const events = dataOf(await ledger.get('/v1/audit-events?action=quarantine.discarded'));
  expect(events.length).toBe(entries);
});

it('Entries that are not open are counted', async () => {
  const [entry] = dataOf(await ledger.get('/v1/quarantine?status=discarded'));
  expect((await discard({ ids: [entry?.['id']] })).body).toMatchObject({ discarded: 0, notOpen: 1 });
});
