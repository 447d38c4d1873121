// Three services on one database, all through PgBouncer in transaction mode, with fewer sessions than they have
// connections: whatever relied on a session would find itself in another one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { Database } from '../../src/persistence/connections/database.js';
import { everyOperationGoesWell, WITH_VENDOR } from '../contract/requests.js';
import { endVendors, FAULTS, playVendor } from '../crash/vendor.js';
import { askFor, erased } from '../privacy/erasing.js';
import { tracesInDatabase } from '../privacy/traces.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { exchange } from '../support/exchange.js';
import { API_KEY, OTHER_PUSH_TOKEN, PUSH_TOKEN, type TestLedger } from '../support/ledger.js';
import { PgBouncer } from '../support/pgbouncer.js';
import { programOrSkip } from '../support/programs.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { freePort, ServiceProcess, until } from '../support/service.js';

const CALLS = 1200;
const SESSIONS = 6;
const NUMBER = '13900000777';
const ACCESS = {
  PUSH_TOKENS: `vendor=${PUSH_TOKEN},other=${OTHER_PUSH_TOKEN}`,
  ADMIN_API_KEY: API_KEY,
} as const;
/** The one of the services whose pushes may take as long as they do. */
const WITHOUT_HASTE = 0;
/** Answers that must be the same with the pooler and without. */
const QUESTIONS = [
  '/v1/calls?limit=1000',
  '/v1/tasks',
  '/v1/batches?limit=100',
  '/v1/stats/calls?interval=day&groupBy=statusCode',
  '/v1/changes?limit=1000',
  '/v1/exports/calls?format=ndjson',
  '/v1/deliveries?limit=100',
  '/v1/quarantine?limit=100',
  '/v1/schema-drift',
  '/v1/erasures',
];

const program = programOrSkip('pgbouncer');
const authorization = `Bearer ${API_KEY}`;
const folder = mkdtempSync(join(tmpdir(), 'call-ledger-pgbouncer-test-'));
let database: TestDatabase;
let bouncer: PgBouncer | undefined;
let services: ServiceProcess[] = [];

beforeAll(async () => {
  if (program === undefined) return;
  database = await createDatabase('empty');
  bouncer = await PgBouncer.before(database.url, program, { default_pool_size: SESSIONS });
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const environment = {
    ...ACCESS,
    ...WITH_VENDOR,
    DATABASE_URL: bouncer.url,
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'debug',
    RECORDING_STORE: join(folder, 'recordings'),
  };
  // At once, on an empty database.
  services = ports.map((port, index) => {
    // What goes by way of the journal, on a busy machine, is not yet there for whoever asks at once.
    const patience: Record<string, string> = index === WITHOUT_HASTE ? { ACK_DEADLINE_MS: '20000' } : {};
    return ServiceProcess.start(join(folder, String(port)), port, { ...environment, ...patience });
  });
  await Promise.all(services.map((service) => service.ready()));
});
afterAll(async () => {
  if (program === undefined) return;
  await endVendors();
  for (const service of services) await service.end('SIGKILL');
  await bouncer?.remove();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

(program === undefined ? describe.skip : describe)('Through PgBouncer in transaction mode', () => {
  it('services that start together on an empty database migrate it once', async () => {
    const lines = services.map(({ output }) => output.match(/"message":"migrated: \w+/g) ?? []).flat();
    const rows = await database.query<{ name: string }>('SELECT name FROM migrations');
    expect(lines.map((line) => line.split(' ')[1]).sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it('every operation goes well', async () => {
    await everyOperationGoesWell(ledgerOf(serviceAt(WITHOUT_HASTE).url));
  });

  it('pushes, duplicates, corrections and broken records end up right', async () => {
    const runs = await Promise.all(
      services.map(({ url }) =>
        playVendor(
          { url, calls: CALLS, rate: 300, 'batch-size': 5, concurrency: 8, 'time-scale': 0.01, ...FAULTS },
          VENDOR,
        ),
      ),
    );
    for (const { code, text } of runs) expect([code, text]).toEqual([0, text]);
    const counts = runs.map(({ summary: { pushes, answerMs } }) => ({ ...pushes, answerMs }));
    console.log(`${SESSIONS} sessions for three services: ${JSON.stringify(counts)}`);
    await until('the rollups', async () => (await rollupDifferences(database)).length === 0);
  });

  it('what is pushed to one is erased by whoever takes the job, everywhere', async () => {
    const held = [record('held', { callee: NUMBER }), { callee: NUMBER }];
    expect((await ledgerOf(serviceAt(WITHOUT_HASTE).url).push(held)).status).toBe(200);
    const job = await erased(serviceAt(2).url, await askFor(serviceAt(1).url, NUMBER));
    expect(job.erased).toMatchObject({ calls: 1, bodies: 1, quarantineEntries: 1 });
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
  });

  it('answers are those of a service that has sessions of its own', async () => {
    const direct = await Instance.start(database.url, { JOURNAL_DIR: 'off' });
    try {
      for (const path of QUESTIONS) {
        const answers = await Promise.all(
          [serviceAt(1).url, direct.url].map((url) => exchange(url, path, { headers: { authorization } })),
        );
        expect([path, answers[0]?.status]).toEqual([path, 200]);
        expect(answers[0]?.text).toBe(answers[1]?.text);
        expect(answers[0]?.text.length).toBeGreaterThan(2);
      }
    } finally {
      await direct.remove();
    }
  });

  it('statements have their time-outs, and leave nothing in the session for who gets it next', async () => {
    const instance = await Instance.start(bouncer?.url ?? '', { JOURNAL_DIR: 'off' });
    try {
      const ledger = instance.app.get(Database, { strict: false });
      const asked = { name: 'time-outs', text: TIME_OUTS };
      const expected = [{ statement: '30s', lock: '10s' }];
      expect(await ledger.query(asked)).toEqual(expected);
      expect(await ledger.transaction(async (transaction) => (await transaction.query(asked)).rows)).toEqual(
        expected,
      );
      const asEntities = (manager: EntityManager): Promise<unknown> => manager.query(TIME_OUTS);
      expect(await ledger.queryEntities(asEntities)).toEqual(expected);
      expect(await ledger.readEntities(asEntities)).toEqual(expected);
      expect(await ledger.transaction(({ manager }) => asEntities(manager))).toEqual(expected);
      expect(await ledger.snapshot(async (transaction) => (await transaction.query(asked)).rows)).toEqual(
        expected,
      );
    } finally {
      await instance.remove();
    }
    for (const left of await sessionsOfAll())
      expect(left).toEqual({ statement: '0', lock: '0', prepared: 0, locks: 0 });
  });

  it('a push for which there is no session is kept in the journal until there is one', async () => {
    const ledger = ledgerOf(serviceAt(1).url);
    await withAllSessions(async () => {
      expect((await ledger.push([record('without-a-session')])).status).toBe(200);
    });
    await until('the call', async () => (await ledger.get('/v1/calls/without-a-session')).status === 200);
  });

  it('nothing failed for want of a session, to the end', async () => {
    for (const service of services) {
      expect(await service.end('SIGTERM')).toBe(0);
      expect(service.output).not.toMatch(/prepared statement|unsupported|"level":"error"/);
    }
  });
});

const VENDOR = { PUSH_TOKENS: `vendor=${PUSH_TOKEN}`, ADMIN_API_KEY: API_KEY };
const TIME_OUTS = `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`;
const LEFT = `${TIME_OUTS}, (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
  (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`;

/** What each of the pooler's sessions holds between two transactions. */
async function sessionsOfAll(): Promise<unknown[]> {
  return withAllSessions(async (clients) =>
    Promise.all(clients.map(async (client) => (await client.query<Record<string, unknown>>(LEFT)).rows[0])),
  );
}

/** Meanwhile nobody else gets one. */
async function withAllSessions<T>(work: (clients: readonly Client[]) => Promise<T>): Promise<T> {
  const clients = Array.from({ length: SESSIONS }, () => new Client({ connectionString: bouncer?.url }));
  try {
    for (const client of clients) {
      await client.connect();
      await client.query('BEGIN');
    }
    return await work(clients);
  } finally {
    for (const client of clients) await client.end();
  }
}

function serviceAt(index: number): ServiceProcess {
  const service = services[index];
  if (service === undefined) throw new Error(`there is no service ${index}`);
  return service;
}

function ledgerOf(url: string): TestLedger {
  const request = (path: string, init?: RequestInit) => exchange(url, path, init);
  return {
    url,
    request,
    database,
    get: (path) => request(path, { headers: { authorization } }),
    push: (body) =>
      request(`/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body: JSON.stringify(body) }),
    stop: () => Promise.resolve(),
  };
}
