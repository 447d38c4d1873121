// Ready means: a push can be kept now. What is wrong is said in words.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseLink, expectProblem, linkTo, SUCCESS } from '../contract/helpers.js';
import { createDatabase } from '../support/database.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, healthOf, ServiceProcess, until } from '../support/service.js';

/** One of each kind: lists, single things, sums, the feed, exports. */
const QUESTIONS = [
  '/v1/calls',
  '/v1/calls/one',
  '/v1/tasks',
  '/v1/stats/calls',
  '/v1/changes',
  '/v1/exports/calls?format=csv',
  '/v1/deliveries',
  '/v1/quarantine',
  '/v1/audit-events',
];

let folder: string;
let link: DatabaseLink | undefined;
let ledger: TestLedger | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-health-'));
});
afterEach(async () => {
  await link?.open();
  await ledger?.stop();
  await link?.close();
  ledger = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(environment: Record<string, string>): Promise<TestLedger> {
  const started = await startLedger({ ACK_DEADLINE_MS: '400', ...environment }, async (url) => {
    link = await linkTo(url);
    return link.url;
  });
  ledger = started;
  // Without a journal even the first one is refused where a busy machine takes longer than the deadline.
  await until('the first push', async () => (await started.push([record('one')])).text === SUCCESS);
  return started;
}

async function readiness(of: TestLedger): Promise<unknown[]> {
  const { status, body } = await of.get('/health/ready');
  const report = body as { status: string; details: Record<string, unknown> };
  return [status, report.status, report.details['database']];
}

describe('When the database is away', () => {
  it('and the journal is not, pushes are kept, readiness is degraded, and questions are answered 503 as a problem', async () => {
    const current = await start({ JOURNAL_DIR: join(folder, 'journal') });
    expect(await readiness(current)).toEqual([200, 'ok', { status: 'up' }]);
    await link?.close();
    const message = 'The database can not be reached; pushes go to the journal';
    expect(await readiness(current)).toEqual([200, 'degraded', { status: 'degraded', message }]);
    expect((await current.push([record('two')])).text).toBe(SUCCESS);
    for (const question of QUESTIONS) {
      const answer = await current.get(question);
      expectProblem(answer, 503);
      expect([question, answer.headers.get('retry-after')]).toEqual([question, '5']);
    }
    expect((await current.get('/health/live')).status).toBe(200);
    await link?.open();
    await until('readiness', async () => (await readiness(current))[1] === 'ok');
    await until('the call', async () => (await current.get('/v1/calls/two')).status === 200);
  });

  it('and hangs, that is said after two seconds', async () => {
    const current = await start({ JOURNAL_DIR: join(folder, 'journal') });
    link?.hang();
    const message = 'The database has not answered for 2000 ms; pushes go to the journal';
    expect(await readiness(current)).toEqual([200, 'degraded', { status: 'degraded', message }]);
  });

  it('and the journal is full, readiness and pushes are answered 503', async () => {
    const current = await start({ JOURNAL_DIR: join(folder, 'journal'), JOURNAL_MAX_BYTES: '3kb' });
    await link?.close();
    let pushes = 0;
    while ((await current.push([record(`push-${pushes}`)])).status === 200) pushes += 1;
    expect(pushes).toBeGreaterThan(0);
    // There may be room for a smaller one.
    while ((await current.push([])).status === 200);
    const [status, report, database] = await readiness(current);
    expect([status, report]).toEqual([503, 'error']);
    const message = 'The database can not be reached; the journal is full';
    expect(database).toEqual({ status: 'down', message });
  });

  it('and the journal can not be made, readiness says both', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const current = await start({ JOURNAL_DIR: join(folder, 'a-file', 'journal') });
    expect(await readiness(current)).toEqual([200, 'ok', { status: 'up' }]);
    await link?.close();
    expect((await current.push([record('lost')])).status).toBe(503);
    const [status, report, database] = await readiness(current);
    expect([status, report]).toEqual([503, 'error']);
    expect(database).toMatchObject({
      message: expect.stringMatching(/can not be reached; the journal can not be/),
    });
  });

  it('and there is no journal, readiness says so', async () => {
    const current = await start({ JOURNAL_DIR: 'off' });
    await link?.close();
    const message = 'The database can not be reached; the journal is off';
    expect(await readiness(current)).toEqual([503, 'error', { status: 'down', message }]);
  });
});

it('A shutdown says that the service is not ready, and goes on taking pushes until the delay has passed', async () => {
  const database = await createDatabase();
  const environment = {
    ...ACCESS,
    DATABASE_URL: database.url,
    SHUTDOWN_DELAY_MS: '10000',
    ACK_DEADLINE_MS: '20000',
  };
  const service = ServiceProcess.start(join(folder, 'data'), await freePort(), environment);
  try {
    await service.ready();
    const begin = performance.now();
    const ending = service.end('SIGTERM');
    await until('readiness to say no', async () => (await healthOf(service.url)) === 'error');
    const report = await service.get('/health/ready');
    expect(report).toMatchObject({ error: { service: { message: 'The service is shutting down' } } });
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    // On a connection of its own: the service listens still.
    const last = await fetch(service.pushUrl, {
      method: 'POST',
      headers: { connection: 'close' },
      body: JSON.stringify([record('last')]),
    });
    expect(last.status).toBe(200);
    expect(await ending).toBe(0);
    expect(performance.now() - begin).toBeGreaterThan(10_000);
    expect(await database.query('SELECT call_id FROM calls')).toEqual([{ call_id: 'last' }]);
  } finally {
    await service.end('SIGKILL');
    await database.drop();
  }
});
