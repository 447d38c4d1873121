// How soon pushes are answered, as in production with the journal: at half of what the service takes, and at three times.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../context.js';
import { pushAll } from '../support/closed-loop.js';
import { type Finding, median, quantile } from '../support/finding.js';
import { EMPTY, SERVICE } from '../support/paths.js';
import { memoryOf } from '../support/process-usage.js';
import { AFTER_COMMIT, serve, type Serving } from '../support/processes.js';
import { say } from '../support/progress.js';
import { pushRequest, RecordSource } from '../support/records.js';
import { withClient } from '../support/server.js';
import { type LoadResult, pushAtRate } from './open-loop.js';
import { RequestPool } from './request-pool.js';

const RECORDS_A_PUSH = 100;
const CAPACITY_CONNECTIONS = 96;
const CAPACITY_ROUNDS = 3;
/** The vendor gives up then. */
const PATIENCE_MS = 700;
/** Before anything is timed, as a service that has run for a while. */
const WARMING_S = 5;
/** Of each load on the empty service. */
const EMPTY_S = 10;
const MOST_CONNECTIONS = 1000;
const POOLED_PUSHES = 2000;
const LOOK_MS = 500;
const LONGEST_DRAIN_MS = 900_000;

export async function benchAnswer(context: Context): Promise<Finding[]> {
  const { ending, server, options } = context;
  const database = await server.ledger(0);
  const capacity = await capacityOf(context, database);
  const journal = mkdtempSync(join(tmpdir(), 'call-ledger-bench-journal-'));
  ending.add(() => {
    rmSync(journal, { recursive: true, force: true });
  });
  // Two thirds of a minute of three times the capacity may have to wait in the journal.
  const environment = { DATABASE_URL: database, JOURNAL_DIR: journal, JOURNAL_MAX_BYTES: '16gb' };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  const idle = memoryOf(service.pid)?.now ?? NaN;
  const before = await callsIn(database);
  const pool = new RequestPool(new RecordSource('answer'), POOLED_PUSHES, RECORDS_A_PUSH);
  const load = (share: number, { port }: Serving, seconds = options.loadSeconds) => {
    const rate = (capacity * share) / RECORDS_A_PUSH;
    say(`answer · ${share} of ${Math.round(capacity)} records/s for ${seconds} s`);
    return pushAtRate(port, () => pool.next(), { rate, seconds, mostConnections: MOST_CONNECTIONS });
  };
  const warming = await load(0.5, service, WARMING_S);
  const half = await load(0.5, service);
  const halfMemory = memoryOf(service.pid)?.most ?? NaN;
  const triple = await load(3, service);
  const memory = memoryOf(service.pid)?.most ?? NaN;
  const sent = acknowledged(warming) + acknowledged(half) + acknowledged(triple);
  const drained = await drainedAfter(database, journal, service);
  const stored = (await callsIn(database)) - before;
  await service.stop();
  const empty = await emptyAt(ending, load);
  await server.drop(database);
  return [
    ...findingsOfHalf(half, empty.half, capacity),
    ...findingsOfTriple(triple, empty.triple, {
      'MB idle': idle,
      'MB most at half': halfMemory,
      'MB most': memory,
      's until the journal was empty': drained,
    }),
    {
      part: 'answer',
      what: 'acknowledged records in the database afterwards',
      value: stored / sent,
      unit: '×',
      target: { atLeast: 1 },
      details: { acknowledged: sent, stored },
    },
  ];
}

type Load = (share: number, serving: Serving, seconds: number) => Promise<LoadResult>;

/** The same loads on a service that keeps nothing. */
async function emptyAt(
  ending: Context['ending'],
  load: Load,
): Promise<{ half: LoadResult; triple: LoadResult }> {
  const empty = await serve(ending, EMPTY, {}, '/health');
  await load(0.5, empty, WARMING_S);
  const half = await load(0.5, empty, EMPTY_S);
  const triple = await load(3, empty, EMPTY_S);
  await empty.stop();
  return { half, triple };
}

/** Records a second that are answered after their commit, as `ingest` measures it. */
async function capacityOf({ ending, options }: Context, database: string): Promise<number> {
  const service = await serve(ending, SERVICE, { DATABASE_URL: database, ...AFTER_COMMIT }, '/health/ready');
  const source = new RecordSource('capacity');
  const rates: number[] = [];
  let records = 10_000;
  for (let round = 0; round <= CAPACITY_ROUNDS; round += 1) {
    const requests = Array.from({ length: Math.ceil(records / RECORDS_A_PUSH) }, () =>
      pushRequest(source.take(RECORDS_A_PUSH)),
    );
    const ms = await pushAll(service.port, requests, CAPACITY_CONNECTIONS);
    const rate = (requests.length * RECORDS_A_PUSH * 1000) / ms;
    say(`answer · capacity, round ${round}: ${Math.round(rate)} records/s`);
    // The first one warms up.
    if (round > 0) rates.push(rate);
    records = rate * options.seconds;
  }
  await service.stop();
  return median(rates);
}

function findingsOfHalf({ times, statuses }: LoadResult, empty: LoadResult, capacity: number): Finding[] {
  return [
    {
      part: 'answer',
      what: 'at half of the capacity: 99 of 100 answers within',
      value: quantile(times, 0.99),
      unit: 'ms',
      target: { atMost: 50 },
      details: {
        'capacity/s': capacity,
        pushes: times.length,
        'not 200': times.length - (statuses.get(200) ?? 0),
        'ms: half of them': quantile(times, 0.5),
        slowest: quantile(times, 1),
        ...emptyDetails(empty),
      },
    },
  ];
}

function findingsOfTriple(
  { times, statuses }: LoadResult,
  empty: LoadResult,
  details: Record<string, number>,
): Finding[] {
  const good = statuses.get(200) ?? 0;
  return [
    {
      part: 'answer',
      what: 'at three times the capacity: slowest answer',
      value: quantile(times, 1),
      unit: 'ms',
      target: { atMost: PATIENCE_MS },
      details: {
        'ms: half of them': quantile(times, 0.5),
        '99 of 100': quantile(times, 0.99),
        pushes: times.length,
        [`within ${PATIENCE_MS}`]: times.filter((time) => time <= PATIENCE_MS).length,
        ...emptyDetails(empty),
      },
    },
    {
      part: 'answer',
      what: 'at three times the capacity: share answered 200',
      value: good / times.length,
      unit: '×',
      target: { atLeast: 1 },
      details: { statuses: JSON.stringify(Object.fromEntries(statuses)), ...details },
    },
  ];
}

function emptyDetails({ times }: LoadResult): Record<string, number> {
  return {
    'empty service: half of them': quantile(times, 0.5),
    'its 99 of 100': quantile(times, 0.99),
    'its slowest': quantile(times, 1),
  };
}

function acknowledged({ statuses }: LoadResult): number {
  return (statuses.get(200) ?? 0) * RECORDS_A_PUSH;
}

/** @returns seconds until the journal was empty */
async function drainedAfter(database: string, journal: string, { pid }: Serving): Promise<number> {
  const startedAt = performance.now();
  while (segmentsIn(journal) > 0 && performance.now() - startedAt < LONGEST_DRAIN_MS) {
    const held = Math.round(memoryOf(pid)?.now ?? NaN);
    say(`answer · draining the journal: ${await callsIn(database)} calls, ${held} MB`);
    await wait(LOOK_MS);
  }
  return (performance.now() - startedAt) / 1000;
}

function segmentsIn(journal: string): number {
  return readdirSync(journal, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.journal'),
  ).length;
}

async function callsIn(database: string): Promise<number> {
  const { rows } = await withClient(database, (client) =>
    client.query<{ count: number }>('SELECT count(*)::int FROM calls'),
  );
  return rows[0]?.count ?? 0;
}
