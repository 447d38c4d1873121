import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

interface Delivery {
  readonly id: string;
  readonly receivedAt: string;
  readonly stored: number;
  readonly redeliveryOf: string | null;
}
interface Page {
  readonly data: Delivery[];
  readonly page: { readonly nextCursor: string | null };
}

/** Written with blanks and an escape, which no parser would give back. */
const BODY = `[ {"callId": "a",  "statusMsg":"\\u0041"}, {"stray":1} ]`;
const LARGE = JSON.stringify(Array.from({ length: 200 }, (_, index) => record(`large-${index}`)));

let ledger: TestLedger;
let ids: string[];

beforeAll(async () => {
  ledger = await startLedger();
  ids = [];
  for (const body of [BODY, BODY, JSON.stringify([record('a')]), LARGE, '[]']) {
    ids.push((await ledger.push(body)).headers.get('x-delivery-id') ?? '');
  }
  const packed = await ledger.push(gzipSync('[{"callId":"packed"}]'), { 'content-encoding': 'gzip' });
  ids.push(packed.headers.get('x-delivery-id') ?? '');
});
afterAll(() => ledger.stop());

const list = async (query = '') => (await ledger.get(`/v1/deliveries?${query}`)).body as Page;
const idsOf = (page: Page) => page.data.map(({ id }) => id);

describe('The deliveries', () => {
  it('are listed with what each did, the newest first', async () => {
    const page = await list();
    expect(idsOf(page)).toEqual([...ids].reverse());
    expect(page.data.at(-1)).toEqual({
      id: ids[0],
      source: 'vendor',
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      remoteAddress: '127.0.0.1',
      sha256: createHash('sha256').update(BODY).digest('hex'),
      bytes: BODY.length,
      records: 2,
      stored: 1,
      corrected: 0,
      duplicate: 0,
      quarantined: 1,
      via: 'direct',
      ackMs: expect.any(Number) as unknown,
      redeliveryOf: null,
    });
    expect(page.data.at(-2)).toMatchObject({ redeliveryOf: ids[0], records: 0, stored: 0 });
    expect(page.data.at(-3)).toMatchObject({ records: 1, corrected: 1, stored: 0 });
  });

  it('come once each over the pages', async () => {
    const seen: string[] = [];
    for (let query: string | undefined = 'limit=2'; query !== undefined;) {
      const page = await list(query);
      seen.push(...idsOf(page));
      query = page.page.nextCursor === null ? undefined : `limit=2&cursor=${page.page.nextCursor}`;
    }
    expect(seen).toEqual([...ids].reverse());
  });

  it('are found by what is rare about them, and by their time', async () => {
    expect(idsOf(await list('redelivered=true'))).toEqual([ids[1]]);
    expect(idsOf(await list('redelivered=false'))).not.toContain(ids[1]);
    expect(idsOf(await list('hasQuarantined=true'))).toEqual([ids[0]]);
    expect(idsOf(await list('via=journal,replay'))).toEqual([]);
    expect(idsOf(await list('via=direct&source=vendor'))).toHaveLength(ids.length);
    expect(idsOf(await list('source=other'))).toEqual([]);
    const { receivedAt } = (await ledger.get(`/v1/deliveries/${ids[3] ?? ''}`)).body as Delivery;
    const from = encodeURIComponent(receivedAt);
    const both = [...idsOf(await list(`receivedFrom=${from}`)), ...idsOf(await list(`receivedTo=${from}`))];
    expect(both).toEqual([...ids].reverse());
    expect(idsOf(await list(`receivedFrom=${from}`))).toContain(ids[3]);
  });

  it('are had by id, and their bodies exactly as they came', async () => {
    expect((await ledger.get(`/v1/deliveries/${ids[3] ?? ''}`)).body).toMatchObject({
      id: ids[3],
      stored: 200,
    });
    const bodies = [BODY, BODY, JSON.stringify([record('a')]), LARGE, '[]', '[{"callId":"packed"}]'];
    for (const [index, id] of ids.entries()) {
      const answer = await ledger.get(`/v1/deliveries/${id}/body`);
      expect([answer.status, answer.text]).toEqual([200, bodies[index]]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    }
  });

  it('say so when there is none, when its body is gone, and when a parameter is wrong', async () => {
    const none = '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f';
    for (const path of [none, 'nonsense', `${none}/body`, 'nonsense/body'])
      expect((await ledger.get(`/v1/deliveries/${path}`)).status).toBe(404);
    await ledger.database.query('DELETE FROM delivery_bodies WHERE delivery_id = $1', [ids[4]]);
    expect(await ledger.get(`/v1/deliveries/${ids[4] ?? ''}/body`)).toMatchObject({
      status: 410,
      body: { detail: 'The body is not kept any more' },
    });
    expect(await ledger.get('/v1/deliveries?via=pigeon')).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            path: 'via',
            message: 'must be one or more of direct, journal, replay, erasure, pull, recording',
          },
        ],
      },
    });
    expect((await ledger.request('/v1/deliveries')).status).toBe(401);
  });
});
