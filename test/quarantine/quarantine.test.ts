import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../support/ledger.js';

interface Entry {
  readonly id: string;
  readonly raw: string;
  readonly place: string;
}
interface Page {
  readonly data: Entry[];
  readonly page: { readonly nextCursor: string | null };
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push('[{"callId":"good"}, {"stray": 1} , 17]');
  await ledger.push('no JSON');
  await ledger.push(Buffer.from([0x5b, 0xff, 0x5d]));
});
afterAll(() => ledger.stop());

describe('The quarantine', () => {
  it('lists what could not be read, the newest first, as it came, with place and reason', async () => {
    const { body } = await ledger.get('/v1/quarantine');
    expect((body as Page).data).toEqual([
      expect.objectContaining({
        raw: Buffer.from([0x5b, 0xff, 0x5d]).toString('base64'),
        rawEncoding: 'base64',
        place: 'byte 1',
      }),
      expect.objectContaining({ raw: 'no JSON', rawEncoding: 'utf8', place: 'byte 0', status: 'open' }),
      expect.objectContaining({
        raw: '17',
        place: '/2',
        reason: 'The record is not an object',
        source: 'vendor',
      }),
      expect.objectContaining({ raw: '{"stray": 1}', place: '/1', reason: 'The callId is missing' }),
    ]);
  });

  it('gives each entry once over its pages', async () => {
    const seen: string[] = [];
    for (let path: string | undefined = '/v1/quarantine?limit=1'; path !== undefined;) {
      const { data, page } = (await ledger.get(path)).body as Page;
      seen.push(...data.map(({ raw }) => raw));
      path = page.nextCursor === null ? undefined : `/v1/quarantine?limit=1&cursor=${page.nextCursor}`;
    }
    expect(seen).toHaveLength(4);
    expect(new Set(seen).size).toBe(4);
  });

  it('finds entries by status and source, and one by its id', async () => {
    const all = ((await ledger.get('/v1/quarantine?status=open&source=vendor')).body as Page).data;
    expect(all).toHaveLength(4);
    expect((await ledger.get('/v1/quarantine?status=replayed,discarded')).body).toMatchObject({ data: [] });
    expect((await ledger.get('/v1/quarantine?status=opened')).body).toMatchObject({
      errors: [{ path: 'status', message: 'must be one or more of open, replayed, discarded' }],
    });
    expect((await ledger.get('/v1/quarantine?source=other')).body).toMatchObject({ data: [] });
    expect((await ledger.get(`/v1/quarantine/${all[0]?.id ?? ''}`)).body).toEqual(all[0]);
  });

  it('answers 404 for what is not there, 400 for what is wrong, 401 without a key', async () => {
    expect((await ledger.get('/v1/quarantine/01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f')).status).toBe(404);
    expect((await ledger.get('/v1/quarantine/nonsense')).status).toBe(404);
    expect((await ledger.get('/v1/quarantine?cursor=WyJxdWFyYW50aW5lIiwieCJd')).status).toBe(400);
    expect((await ledger.get('/v1/quarantine?cause=x')).status).toBe(400);
    expect((await ledger.request('/v1/quarantine')).status).toBe(401);
  });
});
