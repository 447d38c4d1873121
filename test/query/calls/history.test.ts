import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

interface Revision {
  readonly revision: number | null;
  readonly current: boolean;
  readonly changes: { field: string; before: unknown; after: unknown }[] | null;
}
interface Page {
  readonly data: Revision[];
  readonly page: { readonly nextCursor: string | null };
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push([record('a', { own: 1 })]);
  await ledger.push([record('a', { own: 1, duration: 331, ringTime: null })]);
  await ledger.push([record('a', { duration: 331, ringTime: null, hangupDirection: 'Machine' })]);
});
afterAll(() => ledger.stop());

const history = async (query = '') => (await ledger.get(`/v1/calls/a/history?${query}`)).body as Page;

describe('The history of a call', () => {
  it('says what each delivery changed, from what to what', async () => {
    expect((await history()).data).toMatchObject([
      {
        revision: 3,
        current: true,
        changes: [
          { field: 'hangupDirection', before: 'User', after: 'Machine' },
          { field: 'extra', before: { own: 1 }, after: null },
        ],
      },
      {
        revision: 2,
        current: false,
        changes: [
          { field: 'ringTime', before: '2025-06-01T01:59:50.000Z', after: null },
          { field: 'duration', before: 330, after: 331 },
        ],
      },
      { revision: 1, current: false, changes: null },
    ]);
  });

  it('says the same page by page', async () => {
    const all = (await history()).data;
    const seen: Revision[] = [];
    for (let query: string | undefined = 'limit=1'; query !== undefined;) {
      const { data, page } = await history(query);
      seen.push(...data);
      query = page.nextCursor === null ? undefined : `limit=1&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(all);
  });

  it('says so where contents in between arrived too late to be the call’s', async () => {
    // As if the second delivery's content had come first to be written, and a late one had stood between.
    await ledger.database
      .query(`INSERT INTO call_revisions (call_id, delivery_id, received_at, revision, content)
      SELECT call_id, (overlay(delivery_id::text placing 'ffff' from 33))::uuid, received_at, NULL,
        jsonb_set(content, '{duration}', '5') FROM call_revisions WHERE revision = 2`);
    for (const limit of [1, 2, 3, 50]) {
      const seen: Revision[] = [];
      for (let query: string | undefined = `limit=${limit}`; query !== undefined;) {
        const { data, page } = await history(query);
        seen.push(...data);
        query = page.nextCursor === null ? undefined : `limit=${limit}&cursor=${page.nextCursor}`;
      }
      expect(seen.map(({ revision, changes }) => [revision, changes?.map(({ field }) => field)])).toEqual([
        [3, ['hangupDirection', 'extra']],
        [null, undefined],
        [2, ['ringTime', 'duration']],
        [1, undefined],
      ]);
    }
  });
});
