// Webhooks get every change, signed, in order, and as far as their maker may see it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callIds, dataOf, object, pushed, pushFromOther, string } from '../contract/helpers.js';
import { eraseCalls } from '../query/changes/erasing.js';
import { makeKey, revoke, withKey } from '../support/api-keys.js';
import { PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { Receiver } from './receiver.js';
import { makeWebhook, send, webhookOf } from './webhooks.js';

let ledger: TestLedger;
let receiver: Receiver;
let url: string;

beforeAll(async () => {
  ledger = await startLedger({ WEBHOOK_ALLOW_HOSTS: '127.0.0.1', RECORDING_STORE: 'off' });
});
afterAll(() => ledger.stop());
beforeEach(async () => {
  receiver = new Receiver();
  url = await receiver.start();
});
afterEach(async () => {
  for (const { id } of dataOf(await ledger.get('/v1/webhooks'))) await send(ledger, 'DELETE', string(id));
  receiver.stop();
  expect(receiver.faults).toEqual([]);
});

/** Makes a webhook to the receiver. */
async function listen(wish: Record<string, unknown> = {}, by?: string): Promise<string> {
  const { id, secret } = await makeWebhook(ledger, { url, startAt: 'now', ...wish }, by);
  receiver.secrets.push(secret);
  return id;
}
const events = () => receiver.changes.map(({ event, callId }) => `${event} ${callId}`);
const arrive = (count: number) =>
  until(
    () => `${count} changes; came: ${events().join(', ')}`,
    () => receiver.changes.length >= count,
  );
/** Everything that is due has been sent. */
const settle = (id: string) =>
  until('the webhook to be up to date', async () => (await webhookOf(ledger, id))['lagChanges'] === 0);
/** Failed requests are tried again at once. */
const hurry = () => ledger.database.query('UPDATE webhooks SET due_at = now() WHERE due_at > now()');

describe('A webhook', () => {
  it('gets new, corrected and erased calls in order, each with its kind', async () => {
    const id = await listen();
    await pushed(ledger, [record('a1'), record('a2')]);
    await arrive(2);
    await pushed(ledger, [record('a1', { duration: 7 })]);
    await arrive(3);
    await eraseCalls(ledger.database, ['a2']);
    await arrive(4);
    expect(events()).toEqual(['call.stored a1', 'call.stored a2', 'call.corrected a1', 'call.erased a2']);
    expect(receiver.changes[2]?.call).toMatchObject({ duration: 7, callee: '139****0000' });
    await settle(id);
    expect(await webhookOf(ledger, id)).toMatchObject({ state: 'active', reason: null, lastFailure: null });
    const attempts = dataOf(await ledger.get(`/v1/webhooks/${id}/attempts`));
    expect(attempts.map(({ status, problem }) => [status, problem])).toEqual(
      receiver.requests.map(() => [204, null]),
    );
    expect(JSON.stringify(attempts)).not.toMatch(/"a1"|139\*/);
  });

  it('begins where it is told to, and sends at most as many changes as it is told to', async () => {
    await pushed(ledger, [record('b1'), record('b2'), record('b3')]);
    const id = await listen({ startAt: 'beginning', maxChanges: 1, filter: { source: ['vendor'] } });
    await settle(id);
    expect(receiver.requests.every(({ changes }) => changes.length === 1)).toBe(true);
    expect(events()).toEqual(expect.arrayContaining(['call.stored b1', 'call.stored b2', 'call.stored b3']));
  });

  it('sends the kinds that it subscribes to, and erasures always', async () => {
    const id = await listen({ events: ['call.corrected'] });
    await pushed(ledger, [record('c1'), record('c2')]);
    await settle(id);
    await pushed(ledger, [record('c1', { duration: 8 })]);
    await eraseCalls(ledger.database, ['c2']);
    await arrive(2);
    expect(events()).toEqual(['call.corrected c1', 'call.erased c2']);
  });

  it('names what happened since its cursor, also when more happened since', async () => {
    receiver.behave = () => 503;
    const id = await listen({ events: ['call.stored'] });
    await pushed(ledger, [record('d1')]);
    await arrive(1);
    await pushed(ledger, [record('d1', { duration: 9 })]);
    receiver.behave = () => 204;
    await hurry();
    await settle(id);
    expect(receiver.requests.at(-1)?.changes).toMatchObject([
      { event: 'call.stored', call: { duration: 9 } },
    ]);
    await pushed(ledger, [record('d1', { duration: 10 })]);
    await settle(id);
    expect(receiver.requests).toHaveLength(2);
  });

  it('tells of notes and recordings, by their own kinds, also to those who want nothing else', async () => {
    const all = await listen();
    const { id: noted, secret } = await makeWebhook(ledger, { url, startAt: 'now', events: ['call.noted'] });
    await send(ledger, 'PATCH', all, { state: 'paused' });
    receiver.secrets.push(secret);
    const push = async (path: string, records: unknown) => {
      const target = `/push/${PUSH_TOKEN}/${path}`;
      const answer = await ledger.request(target, { method: 'POST', body: JSON.stringify(records) });
      expect(answer.status).toBe(200);
    };
    await pushed(ledger, [record('p1')]);
    await settle(noted);
    await push('call-notes', [{ callId: 'p1', majorIntent: 'A' }]);
    // Before its report, a note is of no call.
    await push('call-notes', [{ callId: 'p2', majorIntent: 'B' }]);
    await settle(noted);
    await pushed(ledger, [record('p2')]);
    await pushed(ledger, [record('p3')]);
    await settle(noted);
    expect(events()).toEqual(['call.noted p1', 'call.noted p2']);
    await send(ledger, 'PATCH', noted, { state: 'paused' });
    await send(ledger, 'PATCH', all, { state: 'active' });
    await settle(all);
    await push('call-recordings', [{ callId: 'p1', recordFile: 'https://store.example.com/p1.wav' }]);
    await until('the recording', () => events().includes('call.recorded p1'));
    expect(events().slice(2)).toEqual(
      expect.arrayContaining(['call.noted p1', 'call.stored p2', 'call.stored p3', 'call.recorded p1']),
    );
  });

  it('tells that a new intent takes a call out of its filter', async () => {
    const id = await listen({ filter: { majorIntent: ['A'] } });
    const note = (majorIntent: string) =>
      ledger.request(`/push/${PUSH_TOKEN}/call-notes`, {
        method: 'POST',
        body: JSON.stringify([{ callId: 'q1', majorIntent }]),
      });
    await pushed(ledger, [record('q1')]);
    await note('A');
    await arrive(1);
    await note('B');
    await settle(id);
    // Calls of other tests have this intent, too.
    expect(events().filter((event) => event.endsWith('q1'))).toEqual(['call.noted q1', 'call.erased q1']);
  });

  it('tells that a call does not fit its filter any more', async () => {
    const id = await listen({ filter: { taskId: ['task-e'], answered: true }, fields: ['outId'] });
    await pushed(ledger, [record('e1', { taskId: 'task-e' }), record('e2')]);
    await arrive(1);
    await pushed(ledger, [record('e1', { taskId: 'task-f' }), record('e2', { duration: 1 })]);
    await settle(id);
    expect(events()).toEqual(['call.stored e1', 'call.erased e1']);
    expect(receiver.changes[0]?.call).toEqual({ callId: 'e1', outId: 'out-of-e1' });
  });

  it('sends the calls of its maker alone, with full numbers only to those who may see them', async () => {
    const limited = await makeKey(ledger, {
      scopes: ['webhooks:manage', 'numbers:read'],
      sources: ['other'],
    });
    const masked = await makeKey(ledger, { scopes: ['webhooks:manage'] });
    const id = await listen({ numbers: 'full', filter: { source: ['other', 'vendor'] } }, limited.key);
    await pushFromOther(ledger, [record('f1')]);
    await pushed(ledger, [record('f2')]);
    await settle(id);
    expect(events()).toEqual(['call.stored f1']);
    expect(receiver.changes[0]?.call).toMatchObject({ callee: '13900000000' });
    const [audited] = dataOf(await ledger.get('/v1/audit-events?action=webhook.sent'));
    expect(audited).toMatchObject({ keyId: limited.id, rows: 1, detail: { webhook: id } });
    const refused = { name: 'x', url, numbers: 'full' };
    const answer = await withKey(ledger, masked.key, '/v1/webhooks', {
      method: 'POST',
      body: JSON.stringify(refused),
    });
    expect(answer.status).toBe(403);
    // Who changes the URL gets what is sent.
    for (const [method, path, body] of [
      ['PATCH', id, { url: `${url}/other` }],
      ['PATCH', id, { state: 'active' }],
      ['POST', `${id}/rotate-secret`, undefined],
      ['POST', `${id}/rewind`, { time: '2025-06-01' }],
      ['POST', `${id}/test`, undefined],
    ] as const)
      expect([path, (await send(ledger, method, path, body, masked.key)).status]).toEqual([path, 403]);
    expect((await send(ledger, 'PATCH', id, { state: 'paused' }, masked.key)).status).toBe(200);
  });

  it('is paused when the key of its maker is revoked, and nobody else can resume it', async () => {
    const key = await makeKey(ledger, { scopes: ['webhooks:manage', 'calls:read'] });
    const id = await listen({}, key.key);
    await revoke(ledger, key.id);
    await until('the pause', async () => (await webhookOf(ledger, id))['state'] === 'paused');
    expect(await webhookOf(ledger, id)).toMatchObject({
      reason: 'The API key that made it was revoked or has expired',
    });
    await pushed(ledger, [record('g1')]);
    expect((await send(ledger, 'PATCH', id, { state: 'active' })).status).toBe(409);
    expect(receiver.requests).toEqual([]);
  });
});

describe('A failed request', () => {
  it('is repeated as it was, and what came since waits', async () => {
    receiver.behave = () => 500;
    const id = await listen();
    await pushed(ledger, [record('h1')]);
    await arrive(1);
    await pushed(ledger, [record('h2')]);
    await hurry();
    await arrive(2);
    receiver.behave = () => 200;
    await hurry();
    await settle(id);
    const [first, second, third, fourth] = receiver.requests;
    expect(second?.body).toBe(first?.body);
    expect(new Set([first?.id, second?.id, third?.id]).size).toBe(1);
    expect(fourth?.changes).toMatchObject([{ callId: 'h2' }]);
    expect(fourth?.id).not.toBe(first?.id);
    expect(await webhookOf(ledger, id)).toMatchObject({ lastFailure: { status: 500 } });
  });

  it('has a new id when its content has changed', async () => {
    receiver.behave = () => 500;
    const id = await listen();
    await pushed(ledger, [record('i1'), record('i2')]);
    await arrive(2);
    await eraseCalls(ledger.database, ['i1']);
    receiver.behave = () => 200;
    await hurry();
    await settle(id);
    expect(events()).toEqual(['call.stored i1', 'call.stored i2', 'call.stored i2', 'call.erased i1']);
    expect(new Set(receiver.requests.map((request) => request.id)).size).toBe(receiver.requests.length);
  });

  it('waits 5 s and more, or as long as the receiver asks for', async () => {
    const id = await listen();
    const dueIn = async () => {
      const rows = await ledger.database.query<{ s: number }>(
        'SELECT extract(epoch FROM due_at - now())::float8 AS s FROM webhooks WHERE failures > 0',
      );
      return rows[0]?.s ?? -1;
    };
    receiver.behave = () => 500;
    await pushed(ledger, [record('j1')]);
    await until('the failure', async () => (await dueIn()) > 0);
    expect(await dueIn()).toBeLessThanOrEqual(6.5);
    receiver.behave = () => (response) => response.writeHead(503, { 'retry-after': '7200' }).end();
    await hurry();
    await until('the longer pause', async () => (await dueIn()) > 3600);
    receiver.behave = () => (response) => response.writeHead(302, { location: `${url}/other` }).end();
    await hurry();
    await until('the third failure', () => receiver.requests.length === 3);
    await until('the redirect', async () =>
      JSON.stringify((await webhookOf(ledger, id))['lastFailure']).includes('Redirects are not followed'),
    );
    expect(receiver.requests).toHaveLength(3);
  });

  it('pauses the webhook at once for 410, and after 5 days for all others', async () => {
    receiver.behave = () => 410;
    const id = await listen();
    await pushed(ledger, [record('k1')]);
    await until('the pause', async () => (await webhookOf(ledger, id))['state'] === 'paused');
    receiver.behave = () => 500;
    await send(ledger, 'PATCH', id, { state: 'active' });
    await arrive(2);
    await until('the failure', async () => {
      const [row] = await ledger.database.query<{ failures: number }>('SELECT failures FROM webhooks');
      return row?.failures === 1;
    });
    await ledger.database.query(
      "UPDATE webhooks SET failing_since = now() - interval '5 days', due_at = now()",
    );
    await until('the pause', async () => (await webhookOf(ledger, id))['state'] === 'paused');
    expect(await webhookOf(ledger, id)).toMatchObject({
      reason: 'Every request has failed for 5 days. The last problem: The receiver answered 500',
    });
    receiver.behave = () => 204;
    await send(ledger, 'PATCH', id, { state: 'active' });
    await settle(id);
    expect(receiver.copy.has('k1')).toBe(true);
  });

  it('has its answer masked and cut in its attempt', async () => {
    receiver.behave = () => (response) =>
      response.writeHead(400).end(`no place for 13900000000 ${'x'.repeat(100_000)}`);
    const id = await listen();
    await pushed(ledger, [record('l1')]);
    await until(
      'the attempt',
      async () => dataOf(await ledger.get(`/v1/webhooks/${id}/attempts`)).length > 0,
    );
    const [attempt] = dataOf(await ledger.get(`/v1/webhooks/${id}/attempts`));
    expect(attempt).toMatchObject({ status: 400, changes: 1, problem: 'The receiver answered 400' });
    expect(string(attempt?.['answer'])).toHaveLength(200);
    expect(attempt?.['answer']).toMatch(/^no place for 139\*{4}0000 x/);
  });
});

describe('Whoever manages webhooks', () => {
  it('can test, rotate and rewind', async () => {
    const id = await listen();
    await pushed(ledger, [record('m1'), record('m2')]);
    await arrive(2);
    await settle(id);
    const tested = object((await send(ledger, 'POST', `${id}/test`)).body);
    expect(tested).toMatchObject({ status: 204, changes: 0, problem: null });
    expect(receiver.requests.at(-1)?.type).toBe('webhook.test');

    const [old = ''] = receiver.secrets;
    const { secret } = object((await send(ledger, 'POST', `${id}/rotate-secret`)).body);
    for (const secrets of [[old], [string(secret)]]) {
      receiver.secrets = secrets;
      await send(ledger, 'POST', `${id}/test`);
    }
    await ledger.database.query('UPDATE webhooks SET earlier_until = now()');
    await send(ledger, 'POST', `${id}/test`);
    expect(receiver.requests.at(-1)?.headers['webhook-signature']).not.toContain(' ');

    const before = receiver.changes.length;
    await send(ledger, 'POST', `${id}/rewind`, { time: '2025-06-01T00:00:00Z' });
    await until('all again', () => receiver.changes.length > before + 2);
    await settle(id);
    expect(receiver.changes.slice(before).map(({ callId }) => callId)).toEqual(
      expect.arrayContaining(['m1', 'm2']),
    );
    for (const body of [{}, { time: '2025-06-01', cursor: 'x' }, { cursor: 'x' }])
      expect((await send(ledger, 'POST', `${id}/rewind`, body)).status).toBe(400);
  });

  it('finds no secret in the database', async () => {
    const { secret } = await makeWebhook(ledger, { url, startAt: 'now' });
    const [row] = await ledger.database.query<{ all: string }>(
      "SELECT string_agg(w::text || encode(w.sealed_secret, 'escape'), '') AS all FROM webhooks w",
    );
    expect(row?.all).not.toContain(secret.slice(6));
    expect(row?.all).not.toContain(Buffer.from(secret.slice(6), 'base64').toString('hex'));
  });

  it('keeps nothing from those who do not subscribe: a receiver that hangs stops no other', async () => {
    const hanging = new Receiver();
    hanging.behave = () => 'hang';
    const where = await hanging.start();
    for (let count = 0; count < 5; count += 1) {
      const { secret } = await makeWebhook(ledger, { url: where, startAt: 'now' });
      hanging.secrets.push(secret);
    }
    const id = await listen();
    await pushed(ledger, [record('n1')]);
    await arrive(1);
    await settle(id);
    hanging.stop();
  });
});

describe('The copy of a receiver', () => {
  it('equals the ledger, with 100 others that are busy', async () => {
    const quiet = new Receiver();
    const where = await quiet.start();
    for (let count = 0; count < 100; count += 1) {
      const wish = { url: where, startAt: 'now', filter: { taskId: [`task-${count % 10}`] } };
      quiet.secrets.push((await makeWebhook(ledger, wish)).secret);
    }
    const id = await listen({ startAt: 'beginning' });
    for (let push = 0; push < 10; push += 1)
      await pushed(
        ledger,
        Array.from({ length: 20 }, (_, index) => record(`o${push}-${index}`)),
      );
    await settle(id);
    const all = callIds(await ledger.get('/v1/calls?limit=1000')).sort();
    expect([...receiver.copy.keys()].sort()).toEqual(all);
    quiet.stop();
  });
});
