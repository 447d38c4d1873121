// Pages of rows with up to 30 MB each: none is larger than can be held, and together they hold every row once.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';

interface Page {
  readonly data: Record<string, unknown>[];
  readonly page: { readonly nextCursor: string | null };
}

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

/** How many rows each page holds, and the rows. */
async function pages(path: string): Promise<{ sizes: number[]; rows: Record<string, unknown>[] }> {
  const sizes: number[] = [];
  const rows: Record<string, unknown>[] = [];
  for (let query: string | undefined = 'limit=50'; query !== undefined;) {
    const { data, page } = (await ledger.get(`${path}?${query}`)).body as Page;
    sizes.push(data.length);
    rows.push(...data);
    query = page.nextCursor === null ? undefined : `limit=50&cursor=${page.nextCursor}`;
  }
  return { sizes, rows };
}

/** 6 MB that PostgreSQL can't pack. */
const dense = () => randomBytes(4_500_000).toString('base64');
/** 28 MB that it packs to an 87th. */
const even = (letter: string) => letter.repeat(28_000_000);

describe('A page ends early where its rows are large, and none is left out', () => {
  it('in the list of calls', async () => {
    for (const callId of ['1', '2', '3', '4']) await ledger.push([record(callId, { note: dense() })]);
    for (const callId of ['5', '6']) await ledger.push([record(callId, { note: even('z') })]);
    for (const callId of ['7', '8']) await ledger.push([record(callId)]);
    const { sizes, rows } = await pages('/v1/calls');
    // The newest first; the last row of a page may be a large one.
    expect(sizes).toEqual([3, 1, 3, 1]);
    expect(rows.map(({ callId }) => callId)).toEqual(['8', '7', '6', '5', '4', '3', '2', '1']);
  });

  it('in the history of a call, also where what stands came before others', async () => {
    const letters = ['a', 'b', 'c', 'd'];
    for (const letter of letters) await ledger.push([record('changed', { note: even(letter) })]);
    const { sizes, rows } = await pages('/v1/calls/changed/history');
    // What stands now, and one that stood before; a page of its own for each of the others.
    expect(sizes).toEqual([2, 1, 1]);
    expect(rows.map(({ revision, current }) => [revision, current])).toEqual([
      [4, true],
      [3, false],
      [2, false],
      [1, false],
    ]);
    const notes = rows.map(({ call }) => (call as { extra: { note: string } }).extra.note[0]);
    expect(notes).toEqual(letters.toReversed());
    // Restored from a backup, or written by a process whose clock was behind.
    await ledger.database.query(`UPDATE calls SET delivery_id = (
      SELECT delivery_id FROM call_revisions WHERE call_id = 'changed' ORDER BY delivery_id LIMIT 1 OFFSET 1)
      WHERE call_id = 'changed'`);
    await ledger.database.query(`DELETE FROM call_revisions WHERE call_id = 'changed' AND revision = 2`);
    const later = await pages('/v1/calls/changed/history');
    expect(later.sizes).toEqual([1, 2]);
    expect(later.rows.map(({ revision }) => revision)).toEqual([3, 4, 1]);
  });

  it('in the quarantine', async () => {
    for (const letter of ['x', 'y', 'z'])
      await ledger.request(`/push/${PUSH_TOKEN}/call-reports`, {
        method: 'POST',
        body: `not JSON ${letter.repeat(9_000_000)}`,
      });
    const { sizes, rows } = await pages('/v1/quarantine');
    expect([sizes, rows.length]).toEqual([[2, 1], 3]);
  });
});
