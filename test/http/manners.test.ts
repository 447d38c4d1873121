import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whileLocked } from '../support/database.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push(Array.from({ length: 50 }, (_, index) => record(`call-${index}`)));
});
afterAll(() => ledger.stop());

const ask = (path: string, headers: Record<string, string> = {}) =>
  ledger.request(path, { headers: { authorization: `Bearer ${API_KEY}`, ...headers } });
const GENERATED = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe('Every answer', () => {
  it('names its request, by the id that the client gave if it is a harmless one', async () => {
    expect((await ask('/v1/calls')).headers.get('x-request-id')).toMatch(GENERATED);
    expect((await ask('/v1/calls', { 'x-request-id': 'crm-4711' })).headers.get('x-request-id')).toBe(
      'crm-4711',
    );
    const odd = await ask('/v1/calls', { 'x-request-id': '<script>' });
    expect(odd.headers.get('x-request-id')).toMatch(GENERATED);
  });

  it('that is an error holds the same id', async () => {
    for (const path of ['/v1/calls?limit=0', '/v1/calls/none', '/v1/nothing', '/nothing']) {
      const { body, headers } = await ask(path, { 'x-request-id': 'request-1' });
      expect([path, headers.get('x-request-id')]).toEqual([path, 'request-1']);
      expect(body).toMatchObject({ requestId: 'request-1' });
    }
  });

  it('of the API is nobody’s to store', async () => {
    for (const path of ['/v1/calls', '/v1/calls/none', '/v1/tasks/task-1'])
      expect((await ask(path)).headers.get('cache-control')).toBe('no-store');
  });

  it('is compressed as the client takes it, when it is not small', async () => {
    for (const encoding of ['br', 'gzip']) {
      const answer = await ask('/v1/calls', { 'accept-encoding': encoding });
      expect(answer.headers.get('content-encoding')).toBe(encoding);
      expect(answer.headers.get('vary')).toMatch(/accept-encoding/i);
      expect(answer.body).toMatchObject({ page: { limit: 50 } });
    }
    const plain = await ask('/v1/calls', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const small = await ask('/v1/tasks/task-1', { 'accept-encoding': 'gzip' });
    expect(small.headers.get('content-encoding')).toBeNull();
  });
});

describe('A single resource', () => {
  it('has an ETag, with which it is not sent again until it changes', async () => {
    for (const path of ['/v1/calls/call-1', '/v1/tasks/task-1', '/v1/tasks/task-1/batches/batch-1']) {
      const etag = (await ask(path)).headers.get('etag') ?? '';
      expect(etag).not.toBe('');
      const again = await ask(path, { 'if-none-match': etag });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
      await ledger.push([record('call-1', { duration: Math.floor(Math.random() * 1e9) })]);
      const changed = await ask(path, { 'if-none-match': etag });
      expect([changed.status, changed.headers.get('etag') === etag]).toEqual([200, false]);
    }
  });
});

describe('A question that takes too long', () => {
  it('is answered 503 that says so, and the service goes on', async () => {
    const answer = await whileLocked(ledger.database.url, async () => {
      const pending = ask('/v1/calls');
      // What the server itself does after 30 s.
      await until('the question to wait', async () => {
        const cancelled = await ledger.database.query(
          `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return cancelled.length > 0;
      });
      return pending;
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.body).toMatchObject({
      detail: 'The answer takes too long: ask for less, a shorter time or more conditions',
    });
    expect((await ask('/v1/calls')).status).toBe(200);
  });
});
