// Too much of everything, and requests whose end two readers might see in two places.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../../support/ledger.js';
import { fingerprint } from './fingerprint.js';
import { head, sendRaw, statusesOf } from './raw-http.js';

const MB = 1024 * 1024;
const BODY_LIMIT = MB;

let ledger: TestLedger;
let before: Record<string, string>;

beforeAll(async () => {
  ledger = await startLedger({ PUSH_BODY_LIMIT: `${BODY_LIMIT}b` });
  before = await fingerprint(ledger.database);
});
afterAll(() => ledger.stop());

const KEY = `Authorization: Bearer ${API_KEY}`;
const CLOSE = 'Connection: close';
const PUSH = `/push/${PUSH_TOKEN}/call-reports`;
const post = (target: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
  ledger.request(target, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { authorization: `Bearer ${API_KEY}`, ...headers },
  });
const unchanged = async () => {
  expect(await fingerprint(ledger.database)).toEqual(before);
};

describe('What is too large is refused', () => {
  it.each([
    ['a header', head('GET', '/v1/calls', [KEY, `X-Large: ${'x'.repeat(100_000)}`, CLOSE])],
    ['many headers', head('GET', '/v1/calls', [KEY, ...Array<string>(3000).fill('X-Many: x'), CLOSE])],
    ['a URL', head('GET', `/v1/calls?outId=${'x'.repeat(100_000)}`, [KEY, CLOSE])],
    ['a token', head('POST', `/push/${'x'.repeat(100_000)}/call-reports`, [CLOSE])],
  ])('%s', async (_what, request) => {
    expect(statusesOf(await sendRaw(ledger.url, request))).toEqual([431]);
  });

  it('a body of the API, of which nothing is unpacked beyond the limit', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(MB), scopes: ['calls:read'] });
    expect((await post('/v1/api-keys', large)).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(64 * MB, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    expect((await post('/v1/api-keys', bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    await unchanged();
  });

  it('a push, packed or not, of which nothing is kept', async () => {
    expect((await post(PUSH, Buffer.alloc(BODY_LIMIT + 1, 0x20))).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(64 * MB, 0x20));
    expect((await post(PUSH, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    await unchanged();
  });

  it('JSON of any depth, without a crash', async () => {
    for (const depth of [1000, 60_000]) {
      const deep = '['.repeat(depth) + ']'.repeat(depth);
      const objects = '{"a":'.repeat(depth / 5) + '1' + '}'.repeat(depth / 5);
      for (const nested of [deep, objects]) {
        const body = `{"name":"a","scopes":["calls:read"],"sources":${nested}}`;
        expect((await post('/v1/api-keys', body)).status).toBe(400);
        expect((await post('/v1/quarantine/replay', `{"ids":${nested}}`)).status).toBe(400);
      }
    }
    expect((await ledger.get('/v1/calls')).status).toBe(200);
    await unchanged();
  });
});

const INNER = head('DELETE', '/v1/api-keys/smuggled', [KEY]);

describe('A request whose length is said in two ways', () => {
  const body = '[]';
  it.each([
    ['by length and by chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${INNER}`],
    ['by chunks and by length', ['Transfer-Encoding: chunked', 'Content-Length: 6'], `0\r\n\r\n${INNER}`],
    ['by two lengths', ['Content-Length: 2', `Content-Length: ${2 + INNER.length}`], body + INNER],
    ['by two lengths in one', [`Content-Length: 2, ${2 + INNER.length}`], body + INNER],
    ['by a negative length', ['Content-Length: -1'], body + INNER],
    ['by a length with a sign', ['Content-Length: +2'], body + INNER],
    ['by a length in hexadecimal', ['Content-Length: 0x2'], body + INNER],
    ['by an endless length', ['Content-Length: 99999999999999999999'], body + INNER],
    ['by a space before the colon', ['Content-Length : 2'], body + INNER],
    ['by a folded header', ['X-Fold: a', ' Content-Length: 2'], body + INNER],
    ['by an unknown coding', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${INNER}`],
    ['by chunks in disguise', ['Transfer-Encoding: \x0bchunked'], `0\r\n\r\n${INNER}`],
    ['by chunks that are not the last coding', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${INNER}`],
    ['by a chunk of no size', ['Transfer-Encoding: chunked'], `x\r\n[]\r\n0\r\n\r\n${INNER}`],
    ['by a chunk of negative size', ['Transfer-Encoding: chunked'], `-2\r\n[]\r\n0\r\n\r\n${INNER}`],
    ['by a chunk of endless size', ['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n[]${INNER}`],
    ['by a bare line feed', ['Content-Length: 2\nX-Smuggled: 1'], body + INNER],
    ['by a bare carriage return', ['Content-Length: 2\rX-Smuggled: 1'], body + INNER],
    ['by a NUL in a header', ['X-Nul: a\0b', 'Content-Length: 2'], body + INNER],
  ])('%s is refused, and what follows is not read as another one', async (_how, headers, rest) => {
    const answer = await sendRaw(ledger.url, head('POST', PUSH, headers) + rest);
    expect(statusesOf(answer)).toEqual([400]);
    await unchanged();
  });
});

describe('What is no request of HTTP', () => {
  it.each([
    ['nothing that it knows', 'HELLO\r\n\r\n'],
    ['TLS', Buffer.from('160301020001000001fc0303', 'hex')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown version', 'GET /v1/calls HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['no host', 'GET /v1/calls HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /v1/calls HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: x\r\n\r\n'],
    ['a space in the target', `GET /v1/calls /health/live HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n\r\n`],
  ])('(%s) is answered by nothing but a refusal', async (_what, bytes) => {
    const statuses = statusesOf(await sendRaw(ledger.url, bytes));
    expect(statuses.filter((status) => ![400, 505].includes(status))).toEqual([]);
    expect((await ledger.request('/health/live')).status).toBe(200);
  });
});
