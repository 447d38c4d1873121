// Ready means: a push can be kept now. What is wrong is said in words.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseLink, expectProblem, linkTo, SUCCESS } from '../contract/helpers.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
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

/** There is time to ask meanwhile, on a busy machine too. */
const SHUTDOWN_DELAY_MS = 5000;

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
      message: expect.stringMatching(/can ?not be reached; the journal cannot be (created|written)/),
    });
  });

  it('and there is no journal, readiness says so', async () => {
    const current = await start({ JOURNAL_DIR: 'off' });
    await link?.close();
    const message = 'The database can not be reached; the journal is off';
    expect(await readiness(current)).toEqual([503, 'error', { status: 'down', message }]);
  });
});

describe('A service that starts without its database', () => {
  const STARTING_MS = 10_000;
  let database: TestDatabase;
  let service: ServiceProcess;

  beforeEach(async () => {
    database = await createDatabase('empty');
    link = await linkTo(database.url);
    await link.close();
  });
  afterEach(async () => {
    await service.end('SIGKILL');
    await database.drop();
  });

  async function startAway(environment: Record<string, string> = {}): Promise<void> {
    const settings = { ...ACCESS, DATABASE_URL: link?.url ?? '', ...environment };
    service = ServiceProcess.start(join(folder, 'data'), await freePort(), settings);
    await until('the service to listen', async () => (await healthOf(service.url)) !== undefined);
  }

  const isTold = (text: string) => until(text, () => service.output.includes(text));

  it('takes pushes at once, is not ready for 10 s at most, and then as degraded; what is printed is true all the while', async () => {
    await startAway();
    const since = performance.now();
    const answers: { health: string | undefined; askedAfterMs: number }[] = [];
    await until('readiness by the journal alone', async () => {
      const askedAfterMs = performance.now() - since;
      const health = await healthOf(service.url);
      answers.push({ health, askedAfterMs });
      expect((await service.push([record(`early-${answers.length}`)])).status).toBe(200);
      return health === 'degraded';
    });
    // It counts from before it was seen to listen, so that these can't be later, on however busy a machine.
    const refusals = answers.filter(({ health }) => health === 'error');
    expect(refusals.length).toBeGreaterThan(0);
    for (const { askedAfterMs } of refusals) expect(askedAfterMs).toBeLessThan(STARTING_MS);
    expect(answers.filter(({ health }) => health !== 'error')).toHaveLength(1);
    await isTold(
      `Listening on ${service.url}; the database is not reachable yet, pushes are kept in the journal until it is.`,
    );
    expect(service.output).not.toContain('Call Ledger is ready.');
    expect((await fetch(`${service.url}/health/startup`)).status).toBe(503);
    await link?.open();
    await isTold('Call Ledger is ready.');
    expect(await healthOf(service.url)).toBe('ok');
    await until('all pushes', async () => {
      const [row] = await database.query<{ calls: number }>('SELECT count(*)::int AS calls FROM calls');
      return row?.calls === answers.length;
    });
    // Once it was ready, the journal makes it so by itself.
    await link?.close();
    await until('the outage to be seen', async () => (await healthOf(service.url)) !== 'ok');
    expect(await healthOf(service.url)).toBe('degraded');
    expect(await service.end('SIGTERM')).toBe(0);
  });

  it('says that it refuses pushes when there is no journal either, and that it is ready only when it is', async () => {
    await startAway({ JOURNAL_DIR: 'off' });
    await isTold('the database is not reachable yet, pushes are refused (503) until it is.');
    expect((await service.push([record('refused')])).status).toBe(503);
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toContain('Call Ledger is ready.');
    // It is tried again all the while, and told of once a minute.
    const retries = service.output
      .split('\n')
      .filter((line) => line.includes('not reachable yet, trying again'));
    const times = retries.map((line) => Date.parse((JSON.parse(line) as { time: string }).time));
    expect(times.length).toBeGreaterThan(0);
    for (const [index, time] of times.entries())
      expect(time - (times[index - 1] ?? -Infinity)).toBeGreaterThan(55_000);
  });
});

it('A shutdown says that the service is not ready, and goes on taking pushes until the delay has passed', async () => {
  const database = await createDatabase();
  const environment = {
    ...ACCESS,
    DATABASE_URL: database.url,
    SHUTDOWN_DELAY_MS: String(SHUTDOWN_DELAY_MS),
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
    expect(performance.now() - begin).toBeGreaterThan(SHUTDOWN_DELAY_MS);
    expect(await database.query('SELECT call_id FROM calls')).toEqual([{ call_id: 'last' }]);
  } finally {
    await service.end('SIGKILL');
    await database.drop();
  }
});
