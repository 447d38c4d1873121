// For whom the body of a question is read.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from 'node:net';
import { once } from 'node:events';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  ledger.request(path, { method: 'POST', body, headers });

describe('Without a good key', () => {
  it.each(['no JSON', '{"name":', '[]', ' '.repeat(300_000)])(
    'nothing of a body is looked at: it is the key that is missing (%#)',
    async (body) => {
      expect((await post('/v1/api-keys', body)).status).toBe(401);
      expect((await post('/v1/erasures', body, { authorization: 'Bearer wrong' })).status).toBe(401);
      expect((await post('/v1/nothing', body)).status).toBe(401);
    },
  );

  it('nor unpacked', async () => {
    const encoded = { 'content-encoding': 'lzma' };
    expect((await post('/v1/api-keys', '{}', encoded)).status).toBe(401);
    const known = { ...encoded, authorization: `Bearer ${API_KEY}` };
    expect((await post('/v1/api-keys', '{}', known)).status).toBe(415);
  });

  it('the answer comes before the body does', async () => {
    const { hostname, port } = new URL(ledger.url);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    socket.write('POST /v1/api-keys HTTP/1.1\r\nHost: ledger\r\nContent-Length: 1000\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('With a good key', () => {
  it('what is wrong with a body is said, and what the key lacks', async () => {
    const authorization = `Bearer ${API_KEY}`;
    expect((await post('/v1/api-keys', 'no JSON', { authorization })).status).toBe(400);
    expect((await post('/v1/api-keys', ' '.repeat(300_000), { authorization })).status).toBe(413);
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    expect((await post('/v1/api-keys', '{}', { authorization: `Bearer ${key}` })).status).toBe(403);
  });
});
