// Three services on one database, behind haproxy, each with a journal of its own: restarted one after the other while
// the vendor pushes, and killed. ROLLING_ROUNDS says how often each is restarted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeptService } from '../crash/blows.js';
import { endVendors, FAULTS, LONGEST_TEST_MS, PATIENT, playVendor, type VendorRun } from '../crash/vendor.js';
import { askFor, erased, erasureOf } from '../privacy/erasing.js';
import { tracesInDatabase, tracesInFolder } from '../privacy/traces.js';
import { createDatabase, type TestDatabase, whileLocked } from '../support/database.js';
import { filesIn } from '../support/files.mjs';
import { Haproxy } from '../support/haproxy.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { programOrSkip } from '../support/programs.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { freePort, ServiceProcess, statusOf, until } from '../support/service.js';

const ROUNDS = Number(process.env['ROLLING_ROUNDS'] ?? 1);
const CALLS_A_SECOND = 200;
/** About what one takes to leave, to start and to be ready. */
const RESTART_SECONDS = 5;
const KILL_SECONDS = 8;
const CHECK_EVERY_MS = 200;
/** Two checks that fail, and one that is under way. */
const SHUTDOWN_DELAY_MS = 4 * CHECK_EVERY_MS;
const NUMBER = '13900000777';
/** Of the call that is erased. */
const ERASED_TASK = 'task-of-the-erased-call';
const ACCESS = { PUSH_TOKENS: `vendor=${PUSH_TOKEN}`, ADMIN_API_KEY: API_KEY } as const;

const program = programOrSkip('haproxy');
const folder = mkdtempSync(join(tmpdir(), 'call-ledger-rolling-'));
let database: TestDatabase;
let services: KeptService[] = [];
let haproxy: Haproxy;

beforeAll(async () => {
  if (program === undefined) return;
  database = await createDatabase('empty');
  const ports = [await freePort(), await freePort(), await freePort()] as const;
  // At once, on an empty database.
  services = ports.map((port) => KeptService.start(() => start(port)));
  await Promise.all(services.map(({ current }) => current.ready()));
  haproxy = await Haproxy.before(ports, program, `${CHECK_EVERY_MS}ms`);
});
afterAll(async () => {
  if (program === undefined) return;
  await endVendors();
  for (const { current } of services) await current.end('SIGKILL');
  await haproxy.remove();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function start(port: number): ServiceProcess {
  return ServiceProcess.start(join(folder, String(port)), port, {
    ...ACCESS,
    DATABASE_URL: database.url,
    JOURNAL_DIR: journalAt(port),
    SHUTDOWN_DELAY_MS: String(SHUTDOWN_DELAY_MS),
    TRUST_PROXY: 'loopback',
  });
}

(program === undefined ? describe.skip : describe)('Three services behind haproxy', () => {
  it('show the way of pushes, of the API and of the console, and nothing else', async () => {
    const page = await (await fetch(`${haproxy.url}/console`)).text();
    const [, script = ''] = /src="\.?\/?(console\/[^"]+\.js)"/.exec(page) ?? [];
    const statuses = new Map<string, number | undefined>();
    for (const path of ['v1/calls', 'console', script, 'consoles', 'docs', 'metrics', 'health/ready'])
      statuses.set(path, await statusOf(`${haproxy.url}/${path}`));
    expect([...statuses]).toEqual([
      ['v1/calls', 401],
      ['console', 200],
      [script, 200],
      ['consoles', 404],
      ['docs', 404],
      ['metrics', 404],
      ['health/ready', 404],
    ]);
  });

  it('erase what is in the journal of one that is gone as soon as it is back, though the job was done before', async () => {
    const [one, gone] = [serviceAt(0), serviceAt(1)];
    const { url } = one.current;
    await whileLocked(database.url, async () => {
      const held = record('held', { callee: NUMBER, taskId: ERASED_TASK });
      expect((await gone.current.push([held])).status).toBe(200);
      expect(tracesInFolder(journalOf(gone), NUMBER)).toHaveLength(1);
      await gone.current.end('SIGKILL');
    });
    const id = await askFor(url, NUMBER);
    expect((await erased(url, id)).erased).toMatchObject({ calls: 0, journalEntries: 0 });
    expect(tracesInFolder(journalOf(gone), NUMBER)).toHaveLength(1);
    gone.startAgain();
    await until('the late one to be erased', async () => {
      const { status, erased: counts } = await erasureOf(url, id);
      return status === 'done' && counts.calls === 1 && counts.journalEntries === 1;
    });
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
    // A journal's file may be on its way out.
    await until('no trace', () => tracesInFolder(folder, NUMBER).length === 0);
  });

  it(
    'restarted one after the other under load: every push is taken at its first try, none is lost',
    async () => {
      const [run, seconds] = await Promise.all([
        push(3 * ROUNDS * RESTART_SECONDS, { ...PATIENT, ...FAULTS }),
        restartAll(),
      ]);
      tell(`${3 * ROUNDS} restarts, the slowest in ${Math.max(...seconds).toFixed(1)} s`, run);
      expect(run.summary.failures).toEqual({});
      expect(run.summary.pushes.retries).toBe(0);
      await expectAllThere(run);
    },
    LONGEST_TEST_MS,
  );

  it('of which one is killed with entries in its journal: nothing acknowledged is lost', async () => {
    const struck = serviceAt(2);
    const [run] = await Promise.all([
      push(KILL_SECONDS, { 'time-scale': 0.01, ...FAULTS }),
      killWithJournal(struck),
    ]);
    tell('one kill -9, with entries in its journal', run);
    await expectAllThere(run);
  });
});

/** For so long, through haproxy. */
function push(seconds: number, options: Readonly<Record<string, number>>): Promise<VendorRun> {
  const calls = seconds * CALLS_A_SECOND;
  const pace = { rate: CALLS_A_SECOND, 'batch-size': 5, concurrency: 16 };
  return playVendor({ url: haproxy.url, calls, ...pace, ...options }, ACCESS);
}

/** @returns how long each took, from the signal until it was ready again (s) */
async function restartAll(): Promise<number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const service of services) {
      const begin = performance.now();
      await service.terminate();
      await service.current.ready();
      seconds.push((performance.now() - begin) / 1000);
    }
  }
  return seconds;
}

/** Under load: what it left stays until it is started again, for it has a journal of its own. */
async function killWithJournal(struck: KeptService): Promise<void> {
  const left = await whileLocked(database.url, async () => {
    await until('entries in its journal', () => bytesIn(journalOf(struck)) > 0);
    await struck.current.end('SIGKILL');
    return bytesIn(journalOf(struck));
  });
  const others = services.filter((service) => service !== struck).map(journalOf);
  await until('the others to be drained', () => others.every((path) => bytesIn(path) === 0));
  expect(bytesIn(journalOf(struck))).toBe(left);
  struck.startAgain();
}

async function expectAllThere({ code, text }: VendorRun): Promise<void> {
  expect(text).toMatch(/verify +OK/);
  expect(code).toBe(0);
  const journals = services.map(journalOf);
  await until('the journals to be drained', () => journals.every((path) => bytesIn(path) === 0));
  // The statistics keep what was erased.
  expect(await rollupDifferences(database)).toMatchObject([
    { task_id: ERASED_TASK, calls: '1', place: 'only in rollups' },
  ]);
}

function tell(what: string, { summary: { pushes, failures, answerMs } }: VendorRun): void {
  console.log(
    `${what}: ${pushes.sent} pushes, ${pushes.acknowledged} acknowledged, ${pushes.retries} retries, failures ` +
      `${JSON.stringify(failures)}; half within ${answerMs.p50} ms, 99 in 100 within ${answerMs.p99} ms, the slowest ` +
      `within ${answerMs.max} ms`,
  );
}

function journalOf({ current }: KeptService): string {
  return journalAt(Number(new URL(current.url).port));
}

function journalAt(port: number): string {
  return join(folder, `journal-${port}`);
}

/** How much the segments of a journal hold. */
function bytesIn(path: string): number {
  return filesIn(path)
    .filter((file) => file.endsWith('.journal'))
    .reduce((sum, file) => sum + sizeOf(file), 0);
}

/** 0 when it has been drained meanwhile. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function serviceAt(index: number): KeptService {
  const service = services[index];
  if (service === undefined) throw new Error(`there is no service ${index}`);
  return service;
}
