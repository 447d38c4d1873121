import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../src/persistence/schema/migrations/migrations.js';
import { endLeftOverServer, isServer, postmasterPid, serverPid, signal } from '../support/processes.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, statusOf, until } from '../support/service.js';
import { usedDataDir } from '../support/templates.js';

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

function eventsOf({ output }: ServiceProcess): Record<string, unknown>[] {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function toldBy(part: string, service: ServiceProcess): unknown[] {
  return eventsOf(service).flatMap(({ context, message }) => (context === part ? [message] : []));
}

/** What it ended with: one event, without a stack. */
function fatalOf(service: ServiceProcess): string {
  const fatal = eventsOf(service).filter(({ level }) => level === 'fatal' || level === 'error');
  expect(fatal).toHaveLength(1);
  expect(fatal[0]).not.toHaveProperty('stack');
  return String(fatal[0]?.['message']);
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
    const message = eventsOf(service).find((event) => event['message'] === 'Call Ledger is ready.');
    // Not the token itself, which stands in no log.
    expect(message).toMatchObject({
      console: `${service.url}/console`,
      docs: `${service.url}/docs`,
      pushUrl: `${service.url}/push/{token}/call-reports`,
      pushToken: `in pushTokens in ${dataDir()}/credentials.json`,
      apiKey: `adminApiKey in ${dataDir()}/credentials.json`,
      database: `embedded PostgreSQL in ${dataDir()}`,
    });
    const pid = postmasterPid(dataDir());
    expect(await service.end('SIGTERM')).toBe(0);
    expect(pid !== undefined && (await isServer(pid))).toBe(false);
    expect(pid).toBeDefined();
    expect(toldBy('Stop', service)).toEqual(['Stopping …', 'Stopped.']);
    expect(toldBy('Database', service)).toEqual([
      expect.stringMatching(/^Making a new PostgreSQL 18 database in /),
      expect.stringMatching(/^Starting PostgreSQL 18 /),
      `${migrations.length} migrations done`,
    ]);
  });

  it('writes for people in lines with times of ISO 8601, and into a file neither colours nor the token', async () => {
    const service = await (await start({ LOG_FORMAT: 'pretty' })).ready();
    await until('the start message', () => service.output.includes('Call Ledger is ready.'));
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toContain('\u001b');
    expect(service.output).toContain(
      `${service.url}/push/{token}/call-reports ({token}: in pushTokens in ${dataDir()}`,
    );
    const logged = service.output
      .split('\n')
      .filter((line) => line !== '' && !/^(?:Call Ledger is ready\.| {2})/.test(line));
    expect(logged.length).toBeGreaterThan(4);
    for (const line of logged) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?:INFO |WARN ) \w+: /);
  });

  it('killed with -9 takes its left-over server over and has every acknowledged call', async () => {
    await usedDataDir(dataDir());
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
    await usedDataDir(dataDir());
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
    await usedDataDir(dataDir());
    const first = await (await start()).ready();
    const second = await start();
    expect(await second.exit()).toBe(1);
    expect(fatalOf(second)).toMatch(`process id ${first.child.pid}`);
    expect(fatalOf(second)).toMatch(/DATA_DIR/);
    expect((await first.push([record('still-there')])).status).toBe(200);
  });

  it('whose port is taken says so in one sentence, ends with 1, and has made nothing', async () => {
    const port = await freePort();
    const occupant = createServer().listen(port, '127.0.0.1');
    await once(occupant, 'listening');
    const service = await start({}, port);
    expect(await service.exit()).toBe(1);
    expect(fatalOf(service)).toBe(
      `The address is in use: another program listens on 127.0.0.1:${port}. End it, or set PORT to a free port.`,
    );
    expect(existsSync(dataDir())).toBe(false);
    occupant.close();
  });

  it.each([
    // Of RFC 5737: no machine has it.
    ['203.0.113.7', /^HOST 203\.0\.113\.7 is not an address of this machine\./],
    // Of RFC 6761: there is none, whatever a name server says.
    ['nowhere.invalid', /^HOST nowhere\.invalid is not known/],
  ])(
    'whose HOST %s is not its own says so in one sentence, ends with 1, and has made nothing',
    async (host, sentence) => {
      const service = await start({ HOST: host, LOG_FORMAT: 'pretty' });
      expect(await service.exit()).toBe(1);
      const [line = '', ...others] = service.output.trimEnd().split('\n');
      expect(line.replace(/^\S+ FATAL Start: /, '')).toMatch(sentence);
      expect(others).toEqual([]);
      expect(existsSync(dataDir())).toBe(false);
    },
  );

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
