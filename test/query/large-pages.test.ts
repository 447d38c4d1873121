// Pages of rows with up to 30 MB each: none is larger than can be held, and together they hold every row once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { packable, record, weighed } from '../support/records.js';

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
async function pages(
  path: string,
  filter = '',
): Promise<{ sizes: number[]; rows: Record<string, unknown>[] }> {
  const sizes: number[] = [];
  const rows: Record<string, unknown>[] = [];
  for (let query: string | undefined = 'limit=50'; query !== undefined;) {
    const { data, page } = (await ledger.get(`${path}?${filter}${query}`)).body as Page;
    sizes.push(data.length);
    rows.push(...data);
    query = page.nextCursor === null ? undefined : `limit=50&cursor=${page.nextCursor}`;
  }
  return { sizes, rows };
}

const LARGE_BYTES = 6_400_000;
/** Weighed as much where the text is kept, which is one node also for the history of a call. */
const PACKED_BYTES = 100_000;

describe('A page ends early where its rows are large, and none is left out', () => {
  it('in the list of calls', async () => {
    const nth = (n: number, note?: string) =>
      record(String(n), { originateTime: `2025-06-01 12:00:0${n}`, note });
    for (let n = 1; n <= 4; n += 1) await ledger.push([nth(n, weighed(LARGE_BYTES))]);
    // PostgreSQL can't pack it: it is weighed as what it is.
    await ledger.push([nth(5, randomBytes(1_000_000).toString('base64'))]);
    await ledger.push([nth(6), nth(7)]);
    const { sizes, rows } = await pages('/v1/calls');
    expect(sizes).toEqual([6, 1]);
    expect(rows.map(({ callId }) => callId)).toEqual(['7', '6', '5', '4', '3', '2', '1']);
    // What fills a page may be the last of all.
    const last = await pages('/v1/calls', 'from=2025-06-01T12:00:02%2B08:00&');
    expect(last.sizes).toEqual([6, 0]);
  });

  it('in the history of a call, also where what stands came before others', async () => {
    for (let duration = 1; duration <= 6; duration += 1)
      await ledger.push([record('changed', { duration, note: packable(PACKED_BYTES) })]);
    const { sizes, rows } = await pages('/v1/calls/changed/history');
    // What stands now, and three that stood before.
    expect(sizes).toEqual([4, 2]);
    expect(rows.map(({ revision, current }) => [revision, current])).toEqual([
      [6, true],
      [5, false],
      [4, false],
      [3, false],
      [2, false],
      [1, false],
    ]);
    const durations = rows.map(({ call }) => (call as { duration: number }).duration);
    expect(durations).toEqual([6, 5, 4, 3, 2, 1]);
    // Restored from a backup, or written by a process whose clock was behind.
    await ledger.database.query(`UPDATE calls SET delivery_id = (
      SELECT delivery_id FROM call_revisions WHERE call_id = 'changed' AND revision = 2) WHERE call_id = 'changed'`);
    await ledger.database.query(`DELETE FROM call_revisions WHERE call_id = 'changed' AND revision = 2`);
    const later = await pages('/v1/calls/changed/history');
    expect(later.sizes).toEqual([3, 2]);
    expect(later.rows.map(({ revision }) => revision)).toEqual([5, 4, 3, 6, 1]);
  });

  describe('in the feed', () => {
    const ids = Array.from({ length: 2400 }, (_, index) => `long-${index}`);
    let before = '';
    beforeAll(async () => {
      const { body } = await ledger.get('/v1/changes?after=now');
      before = (body as { nextCursor: string }).nextCursor;
      for (let first = 0; first < ids.length; first += 800)
        await ledger.push(
          ids.slice(first, first + 800).map((id) => record(id, { statusMsg: 'x'.repeat(8000) })),
        );
    });

    it('also where the vendor’s own texts are long', async () => {
      let after = before;
      const seen: string[] = [];
      const sizes: number[] = [];
      for (let upToDate = false; !upToDate;) {
        const page = (await ledger.get(`/v1/changes?limit=10000&after=${after}`)).body as {
          data: { call: { callId: string } }[];
          nextCursor: string;
          upToDate: boolean;
        };
        sizes.push(page.data.length);
        seen.push(...page.data.map(({ call }) => call.callId));
        after = page.nextCursor;
        ({ upToDate } = page);
      }
      // 16 MB of 8 kB each, and what was read at once with the last of them.
      expect(sizes).toHaveLength(2);
      expect(sizes[0]).toBeLessThan(2300);
      expect(seen.sort()).toEqual(ids.sort());
    });

    it('also to a client that reads it slowly', async () => {
      const url = `${ledger.url}/v1/changes?limit=10000&after=${before}`;
      const ask = () => fetch(url, { headers: { authorization: `Bearer ${API_KEY}` } });
      const quick = Buffer.from(await (await ask()).arrayBuffer());
      const slow: ReadableStream<Uint8Array> | null = (await ask()).body;
      const reader = slow?.getReader();
      const parts: Uint8Array[] = [];
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
        // The service has sent as much as the system keeps for the client, and waits.
        if (parts.length < 3) await wait(100);
        parts.push(part.value);
      }
      const whole = Buffer.concat(parts);
      expect(whole.length).toBeGreaterThan(16_000_000);
      expect(whole.equals(quick)).toBe(true);
    });
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
