import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftOverServer, isServer, postmasterPid, serverPid, signal } from '../support/processes.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, statusOf, until } from '../support/service.js';

let folder: string;
let services: ServiceProcess[];
const dataDir = () => join(folder, 'data');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-service-'));
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  await endLeftOverServer(dataDir());
  rmSync(folder, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}, port?: number): Promise<ServiceProcess> {
  const service = ServiceProcess.start(dataDir(), port ?? (await freePort()), environment);
  services.push(service);
  return service;
}

/** Pushes a call until it is in the ledger, as the vendor does. */
async function taken(service: ServiceProcess, callId: string): Promise<void> {
  const push = async () => (await service.push([record(callId)])).status;
  await until(`the push of ${callId} to be taken`, async () => (await push()) === 200);
}

describe('The service', () => {
  it('starts on nothing, says what a person needs, and ends by SIGTERM with nothing left running', async () => {
    const service = await (await start()).ready();
    await until('the start message', () => service.output.includes('Call Ledger is ready.'));
    const token = service.credentials.pushTokens.replace('vendor=', '');
    expect(service.output).toContain(`API docs: ${service.url}/docs`);
    expect(service.output).toContain(`${service.url}/push/${token}/call-reports`);
    expect(service.output).toContain(`${dataDir()}/credentials.json`);
    expect(service.output).toContain('Database: embedded PostgreSQL');
    const pid = postmasterPid(dataDir());
    expect(await service.end('SIGTERM')).toBe(0);
    expect(pid !== undefined && (await isServer(pid))).toBe(false);
    expect(pid).toBeDefined();
  });

  it('killed with -9 takes its left-over server over and has every acknowledged call', async () => {
    const first = await (await start()).ready();
    expect((await first.push([record('before-the-kill')])).status).toBe(200);
    await first.end('SIGKILL');
    const leftOver = postmasterPid(dataDir());
    const second = await (await start()).ready();
    expect(postmasterPid(dataDir())).toBe(leftOver);
    await second.has('before-the-kill');
    expect(await second.end('SIGTERM')).toBe(0);
  });

  it('whose database is killed with -9 says 503 without a journal, and recovers by itself', async () => {
    const service = await (await start({ JOURNAL_DIR: 'off' })).ready();
    // Without a journal a push that the database takes too long over is refused, be it the first on a busy machine.
    await taken(service, 'before');
    const killed = serverPid(dataDir());
    signal(killed, 'SIGKILL');
    const refusals: Response[] = [];
    await until('a push to be refused', async () => {
      const answer = await service.push([record('meanwhile')]);
      if (answer.status !== 200) refusals.push(answer);
      return refusals.length > 0;
    });
    expect(refusals.map(({ status }) => status)).toEqual([503]);
    expect(refusals[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
    await service.ready();
    await taken(service, 'after');
    expect(postmasterPid(dataDir())).not.toBe(killed);
    expect(await service.get('/v1/calls?callId=before,after')).toMatchObject({ data: { length: 2 } });
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('started twice on one data directory: the second says who has it, and the first goes on', async () => {
    const first = await (await start()).ready();
    const second = await start();
    expect(await second.exit()).toBe(1);
    expect(second.output).toContain(String(first.child.pid));
    expect(second.output).toMatch(/DATA_DIR/);
    expect((await first.push([record('still-there')])).status).toBe(200);
  });

  it('whose port is taken says so, ends with 1 and leaves no server', async () => {
    const port = await freePort();
    const occupant = createServer().listen(port, '127.0.0.1');
    await once(occupant, 'listening');
    const service = await start({}, port);
    expect(await service.exit()).toBe(1);
    expect(service.output).toMatch(new RegExp(`in use.*${port}`));
    const pid = postmasterPid(dataDir());
    expect(pid !== undefined && (await isServer(pid))).toBe(false);
    occupant.close();
  });

  it('with wrong settings names them all and ends with 1', async () => {
    const service = await start({ LOG_LEVEL: 'loud', PUSH_BODY_LIMIT: 'much', PUSH_TOKENS: 'x' });
    expect(await service.exit()).toBe(1);
    for (const name of ['LOG_LEVEL', 'PUSH_BODY_LIMIT', 'PUSH_TOKENS'])
      expect(service.output).toContain(`- ${name} `);
  });

  it('with an external database that is away, and no journal, listens, is not ready, and refuses pushes with 503', async () => {
    const token = 'a-token-of-the-tests';
    const service = await start({
      DATABASE_URL: `postgres://nobody:nothing@127.0.0.1:${await freePort()}/nowhere`,
      PUSH_TOKENS: `vendor=${token}`,
      ADMIN_API_KEY: 'k'.repeat(32),
      JOURNAL_DIR: 'off',
    });
    await until('the service to listen', async () => (await statusOf(`${service.url}/health/live`)) === 200);
    expect(await statusOf(`${service.url}/health/ready`)).toBe(503);
    expect(await statusOf(`${service.url}/health/startup`)).toBe(503);
    const push = await fetch(`${service.url}/push/${token}/call-reports`, { method: 'POST', body: '[]' });
    expect(push.status).toBe(503);
    expect(await push.json()).toMatchObject({ code: 503 });
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toContain(token);
    expect(service.output).not.toContain('nothing@');
  });
});
