// Wrong keys and tokens: how many of them one address may try before it is only told to stop.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Logger } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import { FailedLogins } from '../../src/security/failed-logins.js';
import { makeKey, revoke } from '../support/api-keys.js';
import { type Answer, API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';

const MOST = 60;
const MINUTE_MS = 60_000;

let ledger: TestLedger;

// Each test counts from nothing, however long the others took.
beforeEach(async () => {
  ledger = await startLedger({ TRUST_PROXY: 'on' });
});
afterEach(() => ledger.stop());

const wrongKey = () => `clk_${randomUUID()}_${randomBytes(32).toString('hex')}`;
const askFrom = (address: string, key: string) =>
  ledger.request('/v1/calls', {
    headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': address },
  });
const pushFrom = (address: string, token: string) =>
  ledger.request(`/push/${token}/call-reports`, {
    method: 'POST',
    body: JSON.stringify([record(randomUUID())]),
    headers: { 'x-forwarded-for': address },
  });

async function repeated(times: number, ask: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let count = 0; count < times; count += 1) statuses.push((await ask()).status);
  return statuses;
}
const times = (status: number, count: number) => Array.from({ length: count }, () => status);

describe('Wrong API keys from one address', () => {
  it('are too many at last; a right one from there is answered all the same', async () => {
    const address = '203.0.113.1';
    expect(await repeated(MOST, () => askFrom(address, wrongKey()))).toEqual(times(401, MOST));
    const refused = await askFrom(address, wrongKey());
    expect(refused).toMatchObject({
      status: 429,
      body: { status: 429, detail: 'Too many wrong API keys came from this address' },
    });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await askFrom(address, API_KEY)).status).toBe(200);
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    expect((await askFrom(address, key)).status).toBe(200);
    expect((await askFrom('203.0.113.2', wrongKey())).status).toBe(401);
  });

  it('are revoked ones too, and whatever looks like none', async () => {
    const { id, key } = await makeKey(ledger, { scopes: ['calls:read'] });
    await revoke(ledger, id);
    expect(await repeated(MOST / 2, () => askFrom('203.0.113.3', key))).toEqual(times(401, MOST / 2));
    expect(await repeated(MOST / 2, () => askFrom('203.0.113.3', 'x'))).toEqual(times(401, MOST / 2));
    expect((await askFrom('203.0.113.3', key)).status).toBe(429);
  });

  it('are counted together for a network of IPv6 that one customer has', async () => {
    const addresses = Array.from({ length: MOST }, (_, index) => `2001:db8:1:2::${index.toString(16)}`);
    for (const address of addresses) expect((await askFrom(address, wrongKey())).status).toBe(401);
    expect((await askFrom('2001:db8:1:2:ffff::1', wrongKey())).status).toBe(429);
    expect((await askFrom('2001:db8:1:3::1', wrongKey())).status).toBe(401);
  });

  it('are no guesses when there is no key at all', async () => {
    const ask = () => ledger.request('/v1/calls', { headers: { 'x-forwarded-for': '203.0.113.4' } });
    expect(await repeated(2 * MOST, ask)).toEqual(times(401, 2 * MOST));
  });
});

describe('Wrong push tokens from one address', () => {
  it('are too many at last; a push with a right one is always taken', async () => {
    const address = '203.0.113.5';
    expect(await repeated(MOST, () => pushFrom(address, 'wrong-token'))).toEqual(times(401, MOST));
    const refused = await pushFrom(address, 'wrong-token');
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 429, msg: 'Too many wrong push tokens came from this address' },
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await repeated(2 * MOST, () => pushFrom(address, PUSH_TOKEN))).toEqual(times(200, 2 * MOST));
    // Keys are counted on their own.
    expect((await askFrom(address, wrongKey())).status).toBe(401);
  });
});

describe('The count of failures', () => {
  it('begins anew after a minute, however many failures there are', () => {
    const logins = new FailedLogins();
    const note = (now: number) => logins.note('API key', '192.0.2.1', now);
    for (let failure = 0; failure < MOST; failure += 1) expect(note(failure * 500)).toBeUndefined();
    expect(note(30_000)).toBe(30);
    expect(note(MINUTE_MS - 1)).toBe(1);
    expect(note(MINUTE_MS)).toBeUndefined();
  });

  it('takes an IPv4 address that comes mapped into IPv6 for the same', () => {
    const logins = new FailedLogins();
    for (let failure = 0; failure < MOST; failure += 1) logins.note('push token', '::ffff:192.0.2.1', 0);
    expect(logins.note('push token', '192.0.2.1', 0)).toBe(60);
    expect(logins.note('push token', '::ffff:192.0.2.2', 0)).toBeUndefined();
  });

  it('remembers no more than 20,000 of a million addresses, and none after a minute', () => {
    const logins = new FailedLogins();
    for (let address = 0; address < 1_000_000; address += 1) {
      logins.note('API key', [24, 16, 8, 0].map((bits) => (address >> bits) & 255).join('.'), address / 1e6);
      if (address % 100_000 === 0) expect(logins.size).toBeLessThanOrEqual(20_000);
    }
    logins.note('API key', undefined, 2 * MINUTE_MS);
    expect(logins.size).toBe(1);
  });

  it('is logged once, with the address and nothing that was tried', () => {
    const lines: unknown[] = [];
    const take = (line: unknown) => lines.push(line);
    Logger.overrideLogger({ log: take, warn: take, error: take });
    const logins = new FailedLogins();
    for (let failure = 0; failure < 3 * MOST; failure += 1) logins.note('API key', '192.0.2.1', 0);
    Logger.overrideLogger(false);
    expect(lines).toEqual([
      { outcome: 'limited', login: 'API key', address: '192.0.2.1', failures: MOST + 1 },
    ]);
  });
});
