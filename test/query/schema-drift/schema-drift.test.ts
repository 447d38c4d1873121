import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

interface Drift {
  readonly kind: string;
  readonly field: string;
  readonly value: string | null;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly count: number;
  readonly sampleDeliveryId: string;
  readonly acknowledgedAt: string | null;
}
interface Page {
  readonly data: Drift[];
  readonly page: { readonly nextCursor: string | null };
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const list = async (query: string) => (await ledger.get(`/v1/schema-drift?${query}`)).body as Page;
const push = async (body: unknown) => (await ledger.push(body)).headers.get('x-delivery-id');

describe('What the vendor changed', () => {
  it('is nothing while records come as documented, null and missing fields included', async () => {
    await push([
      record('plain'),
      record('null', { ringTime: null, hangupDirection: '机器' }),
      { callId: 'x' },
    ]);
    expect((await list('')).data).toEqual([]);
  });

  it('is named, counted, and shown by a delivery', async () => {
    const first = await push([
      record('a', { asrDuration: 1, duration: '10' }),
      record('b', { asrDuration: 2 }),
    ]);
    const drifted = { asrDuration: 3, statusCode: '777', taskId: 12345678901234567890n, ringTime: 'noon' };
    const text = JSON.stringify([record('c', { ...drifted, taskId: 'digits' })]);
    const second = await push(text.replace('"digits"', '12345678901234567890'));
    const { data } = await list('');
    const withoutTimes = data.map(
      ({ firstSeenAt: _first, lastSeenAt: _last, acknowledgedAt: _at, ...rest }) => rest,
    );
    expect(new Set(withoutTimes.map((drift) => JSON.stringify(drift)))).toEqual(
      new Set(
        [
          {
            ...{ kind: 'unknownField', field: 'asrDuration', value: null, expected: null },
            ...{ count: 3, sampleDeliveryId: second },
          },
          {
            ...{ kind: 'otherType', field: 'duration', value: 'string', expected: 'number' },
            ...{ count: 1, sampleDeliveryId: first },
          },
          {
            ...{ kind: 'otherType', field: 'taskId', value: 'number', expected: 'string' },
            ...{ count: 1, sampleDeliveryId: second },
          },
          {
            ...{ kind: 'unlistedCode', field: 'statusCode', value: '777', expected: 'string' },
            ...{ count: 1, sampleDeliveryId: second },
          },
          {
            kind: 'unreadableField',
            field: 'ringTime',
            value:
              'is neither yyyy-MM-dd HH:mm:ss, nor ISO 8601 with an offset, nor 13 digits of milliseconds',
            expected: 'string',
            count: 1,
            sampleDeliveryId: second,
          },
        ].map((drift) => JSON.stringify(drift)),
      ),
    );
    const field = data.find((drift) => drift.field === 'asrDuration');
    const at = async (id: string | null) =>
      ((await ledger.get(`/v1/deliveries/${id ?? ''}`)).body as { receivedAt: string }).receivedAt;
    expect(field).toMatchObject({ firstSeenAt: await at(first), lastSeenAt: await at(second) });
  });

  it('is counted once for a body that comes again', async () => {
    const body = [record('again', { repeated: true })];
    await push(body);
    await push(body);
    expect((await list('field=repeated')).data).toMatchObject([{ count: 1 }]);
  });

  it('is counted exactly by writers at work at once', async () => {
    const pushes = Array.from({ length: 60 }, (_, index) =>
      push([record(`p-${index}`, { parallel: 1 }), record(`q-${index}`, { parallel: 1, other: 1 })]),
    );
    await Promise.all(pushes);
    expect((await list('field=parallel')).data).toMatchObject([{ count: 120 }]);
    expect((await list('field=other')).data).toMatchObject([{ count: 60 }]);
  });

  it('is listed page by page and by kind', async () => {
    const all = (await list('limit=1000')).data;
    const seen: Drift[] = [];
    for (let query: string | undefined = 'limit=2'; query !== undefined;) {
      const { data, page } = await list(query);
      seen.push(...data);
      query = page.nextCursor === null ? undefined : `limit=2&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(all);
    const kinds = (await list('kind=otherType,unlistedCode')).data.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['otherType', 'otherType', 'unlistedCode']);
    expect((await ledger.get('/v1/schema-drift?kind=odd')).status).toBe(400);
    expect((await ledger.get('/v1/schema-drift?cursor=WyJxdWFyYW50aW5lIiwieCJd')).status).toBe(400);
  });

  it('can not fill the table by making up names', async () => {
    const before = await rows();
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`made-up-${index}`, 1]));
    await push([record('many', many)]);
    expect((await rows()) - before).toBe(100);
    await ledger.database.query(`INSERT INTO schema_drift
      SELECT 'unknownField', 'filler-' || n, '', now(), now(), 1, gen_random_uuid() FROM generate_series(1, 5000) AS n`);
    const full = await rows();
    await push([record('over', { oneTooMany: 1, parallel: 1 })]);
    expect(await rows()).toBe(full);
    expect((await list('field=parallel')).data).toMatchObject([{ count: 121 }]);
    expect((await ledger.get('/v1/calls/over')).body).toMatchObject({ extra: { oneTooMany: 1 } });
  });
});

async function rows(): Promise<number> {
  const [row] = await ledger.database.query<{ count: string }>('SELECT count(*) FROM schema_drift');
  return Number(row?.count);
}
