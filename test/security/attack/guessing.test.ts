// Whoever has no token and no key guesses: near ones, other ways of saying them, other places to say them in.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeKey, revoke } from '../../support/api-keys.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../../support/ledger.js';
import { fingerprint } from './fingerprint.js';
import { head, sendRaw, statusesOf } from './raw-http.js';

let ledger: TestLedger;
let before: Record<string, string>;
let made: { readonly id: string; readonly key: string };
let other: { readonly id: string; readonly key: string };
let revoked: { readonly id: string; readonly key: string };

beforeAll(async () => {
  ledger = await startLedger();
  made = await makeKey(ledger, { scopes: ['calls:read'] });
  other = await makeKey(ledger, { scopes: ['calls:read'] });
  revoked = await makeKey(ledger, { scopes: ['calls:read'] });
  await revoke(ledger, revoked.id);
  before = await fingerprint(ledger.database);
});
afterEach(async () => {
  expect(await fingerprint(ledger.database)).toEqual(before);
});
afterAll(() => ledger.stop());

/** 429: whoever guesses too much is not even told that it was wrong. */
const REFUSED = [401, 429];

/** Texts that are nearly a secret. */
function near(secret: string): string[] {
  const swapped = (secret[1] ?? '') + (secret[0] ?? '') + secret.slice(2);
  return [
    ...[secret.slice(0, -1), secret.slice(1), `${secret}x`, `x${secret}`, secret + secret, swapped],
    ...[secret.toUpperCase(), secret.slice(0, 1), 'x'.repeat(secret.length), 'x'.repeat(6000)],
    ...['null', 'undefined', 'true', '0', '*', '%', '__proto__', 'constructor', 'toString', "' OR '1'='1"],
  ];
}

describe('A push token', () => {
  it.each(
    [
      ...near(PUSH_TOKEN).map(encodeURIComponent),
      ...[`${PUSH_TOKEN}%00`, `%00${PUSH_TOKEN}`, `${PUSH_TOKEN}%20`, `%20${PUSH_TOKEN}`, `${PUSH_TOKEN}%0A`],
      ...[`${PUSH_TOKEN};a=b`, `${PUSH_TOKEN}%2F`, `%2570ush-token-of-the-tests`, API_KEY, 'vendor', '.'],
      ...[encodeURIComponent(`${PUSH_TOKEN}\u200b`), encodeURIComponent(PUSH_TOKEN.replace('o', 'о'))],
    ].map((guess) => [guess.slice(0, 80), guess]),
  )('is not guessed in the path by %s', async (_name, guess) => {
    const answer = await sendRaw(
      ledger.url,
      `${head('POST', `/push/${guess}/call-reports`, ['Content-Length: 2', 'Connection: close'])}[]`,
    );
    expect(statusesOf(answer)).toHaveLength(1);
    expect([...REFUSED, 404]).toContain(statusesOf(answer)[0]);
  });

  it('is not guessed in a header, whatever the scheme', async () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const guesses = [
      ...near(PUSH_TOKEN).flatMap((guess) => [`Bearer ${guess}`, basic(`vendor:${guess}`)]),
      ...[
        PUSH_TOKEN,
        `Token ${PUSH_TOKEN}`,
        `Digest ${PUSH_TOKEN}`,
        `Bearer${PUSH_TOKEN}`,
        `Bearer ${API_KEY}`,
      ],
      ...[
        basic(PUSH_TOKEN),
        basic(`${PUSH_TOKEN}:`),
        basic(`:${PUSH_TOKEN}\0`),
        'Basic ====',
        'Basic',
        'Bearer ',
      ],
    ];
    for (const authorization of guesses) {
      const headers = { authorization };
      const { status } = await ledger.request('/push/call-reports', { method: 'POST', body: '[]', headers });
      expect([authorization, REFUSED.includes(status)]).toEqual([authorization, true]);
    }
  });

  it('is not taken from a query, another header or a body', async () => {
    const body = JSON.stringify({ token: PUSH_TOKEN });
    const target = `/push/call-reports?token=${PUSH_TOKEN}&access_token=${PUSH_TOKEN}`;
    const headers = { 'x-api-key': PUSH_TOKEN, 'x-push-token': PUSH_TOKEN, cookie: `token=${PUSH_TOKEN}` };
    expect(REFUSED).toContain((await ledger.request(target, { method: 'POST', body, headers })).status);
  });
});

const jwt = (algorithm: string) =>
  [
    { alg: algorithm, typ: 'JWT' },
    { sub: 'admin', scopes: ['calls:read'], sources: null },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');

describe('An API key', () => {
  it('is not guessed', async () => {
    const [, id = '', secret = ''] = made.key.split('_');
    const [, , otherSecret = ''] = other.key.split('_');
    const guesses = [
      ...near(API_KEY),
      ...near(made.key),
      ...[revoked.key, `clk_${id}_${otherSecret}`, `clk_${other.id}_${secret}`, `CLK_${id}_${secret}`],
      ...[
        `clk_${id.toUpperCase()}_${secret}`,
        `clk_${id}_${secret.toUpperCase()}`,
        `clk_${id}_`,
        `clk__${secret}`,
      ],
      ...[
        `clk_${id}_${'0'.repeat(64)}`,
        `clk_admin_${secret}`,
        secret,
        id,
        'admin',
        'ADMIN_API_KEY',
        PUSH_TOKEN,
      ],
      ...['none', 'None', 'HS256', 'RS256'].flatMap((algorithm) => [
        `${jwt(algorithm)}.`,
        `${jwt(algorithm)}.AAAA`,
      ]),
    ];
    for (const guess of guesses) {
      const { status } = await ledger.request('/v1/calls', { headers: { authorization: `Bearer ${guess}` } });
      expect([guess.slice(0, 120), REFUSED.includes(status)]).toEqual([guess.slice(0, 120), true]);
    }
  });

  it.each([
    ['Basic', `Basic ${Buffer.from(`admin:${API_KEY}`).toString('base64')}`],
    ['Digest', `Digest username="admin", response="${API_KEY}"`],
    ['no scheme', API_KEY],
    ['a scheme of its own', `Token ${API_KEY}`],
    ['two keys', `Bearer ${API_KEY}x, Bearer ${API_KEY}`],
    ['something behind it', `Bearer ${API_KEY} ${API_KEY}`],
    ['quotes', `Bearer "${API_KEY}"`],
    ['a tab', `Bearer\t${API_KEY}`],
    ['no space', `Bearer${API_KEY}`],
  ])('is not taken with %s', async (_what, authorization) => {
    const { status, headers } = await ledger.request('/v1/calls', { headers: { authorization } });
    expect(REFUSED).toContain(status);
    if (status === 401) expect(headers.get('www-authenticate')).toBe('Bearer realm="call-ledger"');
  });

  it('is not taken from a query, a cookie or another header', async () => {
    const headers = {
      cookie: `key=${API_KEY}`,
      'x-api-key': API_KEY,
      'proxy-authorization': `Bearer ${API_KEY}`,
    };
    for (const name of ['key', 'api_key', 'access_token', 'authorization', 'token'])
      expect(REFUSED).toContain((await ledger.request(`/v1/calls?${name}=${API_KEY}`, { headers })).status);
  });

  it('is the first of several headers, and a good one behind it opens nothing', async () => {
    const bearer = (key: string) => `Authorization: Bearer ${key}`;
    const ask = async (...keys: readonly string[]) =>
      statusesOf(
        await sendRaw(ledger.url, head('GET', '/v1/calls', [...keys.map(bearer), 'Connection: close'])),
      );
    expect(await ask(API_KEY)).toEqual([200]);
    const [status] = await ask(`${API_KEY}x`, API_KEY);
    expect(REFUSED).toContain(status);
  });
});
