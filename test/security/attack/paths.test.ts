// Other spellings of a path, other methods, other forms of a request: none of them goes round the guards.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { fingerprint } from './fingerprint.js';
import { head, sendRaw, statusesOf } from './raw-http.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push([record('secret-call')]);
});
afterAll(() => ledger.stop());

const CLOSE = 'Connection: close';
const send = (method: string, target: string, ...headers: readonly string[]) =>
  sendRaw(ledger.url, head(method, target, [...headers, CLOSE]));

/** Of paths that somebody may take for `/v1/calls`, or for a file. */
const TARGETS: readonly string[] = [
  ...[
    '/v1/calls',
    '/v1/calls/',
    '//v1/calls',
    '/v1//calls',
    '/V1/CALLS',
    '/v1/Calls',
    '/v1/calls/.',
    '/./v1/calls',
  ],
  ...[
    '/v1/../v1/calls',
    '/health/../v1/calls',
    '/docs/../v1/calls',
    '/docs/..;/v1/calls',
    '/%2e%2e/v1/calls',
  ],
  ...['/health/%2e%2e/v1/calls', '/docs/%252e%252e/v1/calls', '/%76%31/calls', '/v1%2fcalls', '/v1%2Fcalls'],
  ...['/v1%252fcalls', '/v1/calls%00', '/v1/calls%00.json', '/v1/calls;a=b', '/v1/calls.', '/v1/calls.json'],
  ...[
    '/v1/calls%20',
    '/v1/calls%09',
    '/v1\\calls',
    '/v1/calls%5c',
    '/v1/c%c0%aflls',
    '/%c0%ae%c0%ae/v1/calls',
  ],
  ...[
    '/v1/calls/%',
    '/v1/calls/%zz',
    '/v1/calls/%ff',
    '/health/live/../../v1/calls',
    '/openapi.json/../v1/calls',
  ],
  ...[
    'http://localhost/v1/calls',
    'http://attacker.invalid/v1/calls',
    'HTTPS://localhost/v1/calls',
    'v1/calls',
  ],
  ...['/docs/../../../../etc/passwd', '/docs/%2e%2e/%2e%2e/package.json', '/docs/..%2f..%2fpackage.json'],
  ...[
    '/docs/....//....//package.json',
    '/etc/passwd',
    '/.env',
    '/.git/config',
    '/data/credentials.json',
    '*',
    '?',
  ],
];

describe('Without a key', () => {
  it.each(TARGETS)('%s shows nothing', async (target) => {
    const answer = await send('GET', target);
    expect(statusesOf(answer)).toHaveLength(1);
    // The pages of the documentation are everybody's.
    if (!/^\/(docs|openapi)/.test(target)) expect(statusesOf(answer)[0]).toBeGreaterThanOrEqual(400);
    expect(statusesOf(answer)[0]).toBeLessThan(500);
    expect(answer).not.toMatch(/secret-call|root:|"dependencies"|\[core\]|adminApiKey/);
  });

  it.each(['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST', 'TRACE', 'PROPFIND', 'LINK', 'QUERY'])(
    '%s shows nothing and changes nothing',
    async (method) => {
      const before = await fingerprint(ledger.database);
      for (const target of ['/v1/calls', '/v1/calls/secret-call', '/v1/exports/calls', '/v1/api-keys']) {
        const answer = await send(method, target, 'X-Probe: echoed-header');
        expect([target, statusesOf(answer)[0]]).toEqual([target, expect.any(Number)]);
        if (method !== 'OPTIONS') expect(statusesOf(answer)[0]).toBeGreaterThanOrEqual(400);
        expect(answer).not.toMatch(/secret-call|echoed-header|access-control-allow/i);
      }
      expect(await fingerprint(ledger.database)).toEqual(before);
    },
  );

  it('a tunnel is not opened', async () => {
    expect(await send('CONNECT', 'localhost:22')).toBe('');
  });

  it('headers of proxies open nothing', async () => {
    for (const header of [
      ...['X-Original-URL: /health/live', 'X-Rewrite-URL: /health/live', 'X-Forwarded-For: 127.0.0.1'],
      ...[
        'X-Forwarded-Host: localhost',
        'X-Forwarded-Proto: https',
        'Forwarded: for=127.0.0.1',
        'X-Real-IP: 127.0.0.1',
      ],
    ])
      expect(statusesOf(await send('GET', '/v1/calls', header))).toEqual([401]);
    for (const header of ['X-Original-URL: /v1/calls', 'X-Rewrite-URL: /v1/calls'])
      expect(await send('GET', '/health/live', header)).not.toContain('secret-call');
  });
});

describe('With a key', () => {
  it('the method is the one of the request line, whatever headers and queries say', async () => {
    const { id, key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const asAdmin = `Authorization: Bearer ${API_KEY}`;
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      await send('GET', `/v1/api-keys/${id}?_method=DELETE`, asAdmin, `${name}: DELETE`);
      await send('POST', `/v1/api-keys/${id}`, asAdmin, `${name}: DELETE`, 'Content-Length: 0');
    }
    const answer = await ledger.request('/v1/calls', { headers: { authorization: `Bearer ${key}` } });
    expect(answer.status).toBe(200);
  });

  it('another spelling that is understood is the same, and nobody’s to store', async () => {
    for (const target of ['/V1/CALLS', '/v1/calls/', 'http://attacker.invalid/v1/calls']) {
      const answer = await send('GET', target, `Authorization: Bearer ${API_KEY}`);
      expect([target, statusesOf(answer)]).toEqual([target, [200]]);
      expect(answer).toMatch(/^cache-control: no-store/im);
    }
  });

  it('a link names the path alone, whatever host the request names', async () => {
    await ledger.push([record('another-call')]);
    const target = 'http://attacker.invalid/v1/calls?limit=1';
    const answer = await send(
      'GET',
      target,
      `Authorization: Bearer ${API_KEY}`,
      'X-Forwarded-Host: attacker.invalid',
    );
    expect(answer).toMatch(/^link: <\/v1\/calls\?/im);
    expect(answer).not.toContain('attacker.invalid');
  });
});
