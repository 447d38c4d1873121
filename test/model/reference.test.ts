// What stands in the ledger when records come late, again, bare or after an erasure: one case each, to be read alone.
// model.long.test.ts tries what they have in common at random.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallStats } from '../../src/query/stats/stats.dto.js';
import { askFor, erased } from '../privacy/erasing.js';
import { Follower } from '../query/changes/follower.js';
import { Instance } from '../query/changes/instances.js';
import { makeKey } from '../support/api-keys.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Answer, exchange } from '../support/exchange.js';
import { API_KEY, OTHER_PUSH_TOKEN, PUSH_TOKEN } from '../support/ledger.js';
import { until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const NUMBER = '13900000011';
const OTHER_NUMBER = '13900000022';
const TIME_OF_ID = 12;

let database: TestDatabase;
let proxy: TcpProxy;
let one: Instance;
/** Has a journal of its own, and reaches the database through the proxy. */
let two: Instance;

beforeEach(async () => {
  database = await createDatabase();
  proxy = await TcpProxy.before(Number(new URL(database.url).port));
  const environment = { PUSH_TOKENS: `vendor=${PUSH_TOKEN},other=${OTHER_PUSH_TOKEN}` };
  one = await Instance.start(database.url, environment);
  two = await Instance.start(proxy.through(database.url), environment);
});
afterEach(async () => {
  await two.remove();
  await one.remove();
  await proxy.refuse();
  await database.drop();
});

/** @returns the delivery's id */
async function push(body: unknown, token = PUSH_TOKEN, process = one): Promise<string> {
  const text = JSON.stringify(body);
  const answer = await exchange(process.url, `/push/${token}/call-reports`, { method: 'POST', body: text });
  expect(answer.status).toBe(200);
  return answer.headers.get('x-delivery-id') ?? '';
}

/** Pushes, and waits until it is written. */
async function pushed(body: unknown, token = PUSH_TOKEN): Promise<string> {
  const id = await push(body, token);
  await written(id);
  return id;
}

const written = (id: string) =>
  until(`${id} to be written`, async () => (await get(`/v1/deliveries/${id}`)).status === 200);

/** Pushes to the process that does not reach the database now. Its journal holds it until the network is back. */
async function pushedLate(body: unknown): Promise<{ id: string; arrive: () => Promise<void> }> {
  await proxy.refuse();
  const id = await push(body, PUSH_TOKEN, two);
  const arrive = async () => {
    await proxy.acceptAgain();
    await written(id);
  };
  return { id, arrive };
}

const get = (path: string, key = API_KEY): Promise<Answer> =>
  exchange(one.url, path, { headers: { authorization: `Bearer ${key}` } });
const call = async () => (await get('/v1/calls/c')).body;
const delivery = async (id: string) => (await get(`/v1/deliveries/${id}`)).body;
const history = async () => ((await get('/v1/calls/c/history')).body as { data: unknown[] }).data;
const erase = async (number: string) => erased(one.url, await askFor(one.url, number));
const callsInTotal = async () => ((await get('/v1/stats/calls')).body as CallStats).data[0]?.calls;
/** When a delivery was received, as its id says. */
const receiptOf = (id: string) =>
  new Date(Number.parseInt(id.replaceAll('-', '').slice(0, TIME_OF_ID), 16)).toISOString();

describe('The same body again', () => {
  it('is written when its call was erased meanwhile', async () => {
    const body = [{ callId: 'c', callee: NUMBER }];
    await pushed(body);
    await pushed([{ callId: 'c', callee: OTHER_NUMBER }]);
    await erase(OTHER_NUMBER);
    const again = await pushed(body);
    expect(await delivery(again)).toMatchObject({ stored: 1, redeliveryOf: null });
    expect(await call()).toMatchObject({ callee: NUMBER, revision: 1, firstReceivedAt: receiptOf(again) });
    expect(await callsInTotal()).toBe(2);
  });

  it('is written when its call was corrected meanwhile', async () => {
    const body = [{ callId: 'c', duration: 1 }];
    await pushed(body);
    await pushed([{ callId: 'c', duration: 2 }]);
    const again = await pushed(body);
    expect(await delivery(again)).toMatchObject({ corrected: 1, redeliveryOf: null });
    expect(await call()).toMatchObject({ duration: 1, revision: 3, lastReceivedAt: receiptOf(again) });
  });

  it('is a redelivery while the ledger holds all of it, and moves the receipt', async () => {
    const body = [{ callId: 'c', duration: 1 }, { stray: 1 }];
    const first = await pushed(body);
    const again = await pushed(body);
    expect(await delivery(again)).toMatchObject({ stored: 0, corrected: 0, redeliveryOf: first });
    expect(await call()).toMatchObject({ revision: 1, lastReceivedAt: receiptOf(again), deliveryId: first });
  });

  it('is written when what could not be read of it was discarded', async () => {
    const body = [{ callId: 'c', duration: 1 }, { stray: 1 }];
    await pushed(body);
    await discard((await open())[0]?.id);
    const again = await pushed(body);
    expect(await delivery(again)).toMatchObject({ duplicate: 1, quarantined: 1, redeliveryOf: null });
    expect(await open()).toMatchObject([{ deliveryId: again }]);
  });

  it('that was refused is open again when it was discarded', async () => {
    const refuse = () =>
      exchange(one.url, `/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body: 'no JSON' });
    expect((await refuse()).status).toBe(400);
    await until('it to be kept', async () => (await open()).length === 1);
    await discard((await open())[0]?.id);
    expect(await open()).toEqual([]);
    expect((await refuse()).status).toBe(400);
    expect(await open()).toMatchObject([{ raw: 'no JSON' }]);
  });
});

const open = async () => ((await get('/v1/quarantine?status=open')).body as { data: { id: string }[] }).data;

async function discard(id = ''): Promise<void> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const answer = await exchange(one.url, `/v1/quarantine/${id}/discard`, { method: 'POST', headers });
  expect(answer.status).toBe(200);
}

describe('A call that comes again unchanged', () => {
  it('is listed by its last receipt, and the feed does not tell it', async () => {
    await pushed([{ callId: 'c', duration: 1 }]);
    const follower = new Follower();
    await follower.catchUp(one.url);
    const again = await pushed([{ duration: '1', callId: 'c' }]);
    const list = async (range: string) =>
      ((await get(`/v1/calls?${range}=${receiptOf(again)}`)).body as { data: unknown[] }).data;
    expect(await list('receivedFrom')).toHaveLength(1);
    expect(await list('receivedTo')).toHaveLength(0);
    expect((await follower.step(one.url)).data).toEqual([]);
  });
});

describe('What is written late', () => {
  it('does not replace what came again after it', async () => {
    const first = await pushed([{ callId: 'c', duration: 1 }]);
    const late = await pushedLate([{ callId: 'c', duration: 2 }]);
    const again = await pushed([{ duration: '1', callId: 'c' }]);
    expect(await call()).toMatchObject({ revision: 1, lastReceivedAt: receiptOf(again) });
    await late.arrive();
    const receipts = { firstReceivedAt: receiptOf(first), lastReceivedAt: receiptOf(again) };
    expect(await call()).toMatchObject({ duration: 1, revision: 1, ...receipts, deliveryId: first });
    expect(await history()).toMatchObject([
      { revision: null, current: false, call: { duration: 2 } },
      { revision: 1, current: true, call: { duration: 1 } },
    ]);
  });

  it('makes the first receipt earlier', async () => {
    const late = await pushedLate([{ callId: 'c', duration: 1 }]);
    const first = await pushed([{ callId: 'c', duration: 2 }]);
    await late.arrive();
    expect(await call()).toMatchObject({
      duration: 2,
      firstReceivedAt: receiptOf(late.id),
      lastReceivedAt: receiptOf(first),
    });
  });

  it('makes the first receipt earlier when it is the same, too', async () => {
    const late = await pushedLate([{ callId: 'c', duration: 1 }]);
    const first = await pushed([{ callId: 'c', duration: '1' }]);
    await late.arrive();
    const receipts = { firstReceivedAt: receiptOf(late.id), lastReceivedAt: receiptOf(first) };
    expect(await call()).toMatchObject({ revision: 1, ...receipts, deliveryId: first });
  });

  it('brings no erased call back, and counts it once', async () => {
    const late = await pushedLate([{ callId: 'c', callee: NUMBER }]);
    await pushed([{ callId: 'c', callee: OTHER_NUMBER }]);
    await erase(OTHER_NUMBER);
    await late.arrive();
    expect((await get('/v1/calls/c')).status).toBe(404);
    expect(await callsInTotal()).toBe(1);
    expect(await delivery(late.id)).toMatchObject({ stored: 0, corrected: 0, duplicate: 1 });
    const follower = new Follower();
    await follower.catchUp(one.url);
    expect(follower.copy.size).toBe(0);
  });

  it('does not enter the history of a call that came anew after it was erased', async () => {
    const late = await pushedLate([{ callId: 'c', callee: NUMBER }]);
    await pushed([{ callId: 'c', callee: OTHER_NUMBER }]);
    await erase(OTHER_NUMBER);
    const anew = await pushed([{ callId: 'c', callee: NUMBER, duration: 1 }]);
    await late.arrive();
    expect(await call()).toMatchObject({ revision: 1, firstReceivedAt: receiptOf(anew) });
    expect(await history()).toHaveLength(1);
    expect(await callsInTotal()).toBe(2);
  });
});

describe('A bare report', () => {
  const bare = { callId: 'c', taskId: 't' };

  it('never replaces content, and never moves its receipt', async () => {
    const first = await pushed([{ ...bare, duration: 1 }]);
    const again = await pushed([bare]);
    expect(await call()).toMatchObject({ duration: 1, revision: 1, lastReceivedAt: receiptOf(first) });
    expect(await delivery(again)).toMatchObject({ duplicate: 1 });
    expect(await history()).toHaveLength(1);
    await pushed([{ ...bare, detailId: 'other' }]);
    expect(await call()).toMatchObject({ duration: 1, detailId: null, revision: 1 });
    expect(await history()).toMatchObject([{ revision: null, call: { detailId: 'other' } }, { revision: 1 }]);
  });

  it('takes nothing from content in its own delivery', async () => {
    const first = await pushed([{ ...bare, duration: 1 }, bare]);
    expect(await delivery(first)).toMatchObject({ records: 2, stored: 1, duplicate: 1 });
    expect(await call()).toMatchObject({ duration: 1, revision: 1 });
  });

  it('is replaced by any content, received earlier too', async () => {
    const late = await pushedLate([{ ...bare, duration: 1 }]);
    await pushed([bare]);
    await late.arrive();
    const receipts = { firstReceivedAt: receiptOf(late.id), lastReceivedAt: receiptOf(late.id) };
    expect(await call()).toMatchObject({ duration: 1, revision: 2, ...receipts });
  });
});

describe('A call that two sources push', () => {
  it('belongs to the one that pushed it last, with equal content too', async () => {
    const body = [{ callId: 'c', duration: 1 }];
    await pushed(body);
    await pushed(body, OTHER_PUSH_TOKEN);
    expect(await call()).toMatchObject({ source: 'other', revision: 2 });
    const { key } = await limitedTo('other');
    expect((await get('/v1/calls/c', key)).status).toBe(200);
  });

  it('and that is erased, is told as erased to who followed the first one', async () => {
    await pushed([{ callId: 'c', callee: OTHER_NUMBER }]);
    const follower = new Follower((await limitedTo('vendor')).key);
    await follower.catchUp(one.url);
    expect([...follower.copy.keys()]).toEqual(['c']);
    await pushed([{ callId: 'c', callee: NUMBER }], OTHER_PUSH_TOKEN);
    await erase(NUMBER);
    await follower.catchUp(one.url);
    expect([...follower.copy.keys()]).toEqual([]);
  });

  it('and whose first content is erased, is told as erased to who followed the first one', async () => {
    await pushed([{ callId: 'c', callee: NUMBER }]);
    const follower = new Follower((await limitedTo('vendor')).key);
    await follower.catchUp(one.url);
    await pushed([{ callId: 'c', callee: OTHER_NUMBER }], OTHER_PUSH_TOKEN);
    await erase(NUMBER);
    expect(await history()).toHaveLength(1);
    await follower.catchUp(one.url);
    expect([...follower.copy.keys()]).toEqual([]);
  });
});

function limitedTo(source: string): Promise<{ key: string }> {
  const request = (path: string, init?: RequestInit) => exchange(one.url, path, init);
  return makeKey({ request }, { scopes: ['calls:read', 'numbers:read'], sources: [source] });
}
