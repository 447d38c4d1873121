// A body that was refused, and whose entry was resolved, is pushed again.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrive } from '../../src/ingestion/delivery.js';
import { Keeper } from '../../src/ingestion/keeper.js';
import { Retention } from '../../src/privacy/retention/retention.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { exchange } from '../support/exchange.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';

const DAY_MS = 86_400_000;
const BODY = 'no JSON';
const AS_ADMIN = { authorization: `Bearer ${API_KEY}` };

interface Entry {
  readonly id: string;
  readonly status: string;
  readonly raw: string;
  readonly deliveryId: string;
  readonly receivedAt: string;
  readonly resolvedAt: string | null;
  readonly replayedAs: string | null;
}

let database: TestDatabase;
let instance: Instance;

beforeEach(async () => {
  database = await createDatabase();
  instance = await Instance.start(database.url, {
    JOURNAL_DIR: 'off',
    ACK_DEADLINE_MS: '20000',
    CALL_RETENTION_DAYS: '30',
  });
});
afterEach(async () => {
  await instance.remove();
  await database.drop();
});

async function entries(): Promise<Entry[]> {
  const { body } = await exchange(instance.url, '/v1/quarantine', { headers: AS_ADMIN });
  return (body as { data: Entry[] }).data;
}

const push = () => exchange(instance.url, `/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body: BODY });
const discard = (id = '') =>
  exchange(instance.url, `/v1/quarantine/${id}/discard`, { method: 'POST', headers: AS_ADMIN });

/** As a push that arrived some time ago and is written only now. */
async function receive(msAgo: number): Promise<string> {
  const delivery = arrive('vendor', null, Buffer.from(BODY), Date.now() - msAgo);
  const outcome = await instance.app.get(Keeper, { strict: false }).write(delivery);
  expect(outcome).toHaveProperty('refused');
  return delivery.id;
}

describe('A refused body', () => {
  it('that was discarded and is pushed again is open again', async () => {
    await push();
    const [first] = await entries();
    expect(await discard(first?.id)).toMatchObject({ status: 200, body: { status: 'discarded' } });
    const answer = await push();
    expect(answer.status).toBe(400);
    const again = await entries();
    expect(again).toMatchObject([
      { id: first?.id, status: 'open', raw: BODY, resolvedAt: null, replayedAs: null },
    ]);
    expect(again[0]?.deliveryId).toBe(answer.headers.get('x-delivery-id'));
    expect(Date.parse(again[0]?.receivedAt ?? '')).toBeGreaterThan(Date.parse(first?.receivedAt ?? ''));
    expect(await discard(first?.id)).toMatchObject({ status: 200 });
  });

  it('stays discarded when it had come before that and was only written later', async () => {
    await receive(0);
    const [first] = await entries();
    await discard(first?.id);
    await receive(60_000);
    expect(await entries()).toMatchObject([{ status: 'discarded', deliveryId: first?.deliveryId }]);
  });

  it('that is open stays as it is: it is kept once', async () => {
    await push();
    const [first] = await entries();
    await push();
    expect(await entries()).toEqual([first]);
  });

  it('that is open again is kept as long as one that came just now', async () => {
    const first = await receive(40 * DAY_MS);
    const [entry] = await entries();
    expect(entry?.deliveryId).toBe(first);
    await discard(entry?.id);
    await push();
    await instance.app.get(Retention, { strict: false }).run();
    expect(await entries()).toMatchObject([{ id: entry?.id, status: 'open' }]);
    await database.query(`UPDATE quarantine SET received_at = now() - interval '31 days'`);
    await instance.app.get(Retention, { strict: false }).run();
    expect(await entries()).toEqual([]);
  });
});
