// Whose address counts where proxies stand before the service: never one that a client has made up.
import { afterEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { ACCESS, freePort, ServiceProcess, statusOf, until } from '../support/service.js';

const [CLIENT, ALLOWED, PROXY] = ['198.51.100.7', '203.0.113.7', '10.0.0.5'];

let ledger: TestLedger | undefined;
afterEach(async () => {
  await ledger?.stop();
  ledger = undefined;
});

async function statusFrom(forwardedFor: string | undefined, trustProxy: string): Promise<number> {
  ledger ??= await startLedger({ TRUST_PROXY: trustProxy, PUSH_ALLOW_FROM: `${ALLOWED}/32` });
  const init: RequestInit = { method: 'POST', body: '[]' };
  if (forwardedFor !== undefined) init.headers = { 'x-forwarded-for': forwardedFor };
  return (await ledger.request(`/push/${PUSH_TOKEN}/call-reports`, init)).status;
}

describe('PUSH_ALLOW_FROM is held against', () => {
  it('the address that the proxy has seen, not one that the client claims before it, with TRUST_PROXY=on', async () => {
    expect(await statusFrom(`${ALLOWED}, ${CLIENT}`, 'on')).toBe(403);
    expect(await statusFrom(`${CLIENT}, ${ALLOWED}`, 'on')).toBe(200);
    expect(await statusFrom(ALLOWED, 'on')).toBe(200);
    expect(await statusFrom(undefined, 'on')).toBe(403);
  });

  it('the last address that is none of the proxies, with networks', async () => {
    const networks = 'loopback,10.0.0.0/8';
    expect(await statusFrom(`${ALLOWED}, ${CLIENT}, ${PROXY}`, networks)).toBe(403);
    expect(await statusFrom(`${CLIENT}, ${ALLOWED}, ${PROXY}`, networks)).toBe(200);
    expect(await statusFrom(`${ALLOWED}, ${CLIENT}`, networks)).toBe(403);
  });

  it('the peer itself without TRUST_PROXY', async () => {
    expect(await statusFrom(ALLOWED, 'off')).toBe(403);
  });
});

describe('The limit of wrong keys', () => {
  it('counts by the address that the proxy has seen, whatever else a client claims', async () => {
    ledger = await startLedger({ TRUST_PROXY: 'on' });
    const statuses = new Set<number>();
    for (let tries = 0; tries < 62; tries += 1) {
      const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': `192.0.2.${tries}, ${CLIENT}` };
      statuses.add((await ledger.request('/v1/calls', { headers })).status);
    }
    expect(statuses).toEqual(new Set([401, 429]));
  });
});

describe('At the start', () => {
  it.each([
    ['on', true],
    ['loopback,10.0.0.0/8', false],
    ['1', false],
  ])('TRUST_PROXY=%s is warned about: %s', async (trustProxy, isWarned) => {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-proxy-'));
    const nowhere = `postgres://nobody:nothing@127.0.0.1:${await freePort()}/nowhere`;
    const environment = { ...ACCESS, DATABASE_URL: nowhere, TRUST_PROXY: trustProxy };
    const service = ServiceProcess.start(folder, await freePort(), environment);
    await until('the service', async () => (await statusOf(`${service.url}/health/live`)) === 200);
    const warning = 'TRUST_PROXY=on lets any client that reaches the service directly forge its address';
    await service.end('SIGTERM');
    expect(service.output.includes(warning)).toBe(isWarned);
    rmSync(folder, { recursive: true, force: true });
  });
});
