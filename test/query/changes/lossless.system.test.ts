import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { arrive } from '../../../src/ingestion/delivery.js';
import { Journal } from '../../../src/ingestion/journal/journal.js';
import { Keeper } from '../../../src/ingestion/keeper.js';
import { SELECTED_CALL } from '../../../src/query/calls/call-fields.js';
import type { CallDto } from '../../../src/query/calls/call.dto.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { IS_LONG } from '../../support/form.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';
import { eraseCalls } from './erasing.js';
import { Follower } from './follower.js';
import { Instance } from './instances.js';

const SECONDS = Number(process.env['CHANGES_TEST_SECONDS'] ?? (IS_LONG ? 12 : 6));
const WRITERS = 6;
/** Few, so that most pushes correct calls of others. */
const SHARED_CALLS = 300;

let database: TestDatabase;
let instances: Instance[];
const counts = { pushed: 0, notTaken: 0, late: 0, locks: 0, erasures: 0, restarts: 0, outages: 0 };

beforeAll(async () => {
  database = await createDatabase();
  // Some commits take their time after the position is drawn: without its lock, others would overtake them.
  await database.query(`
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF random() < 0.3 THEN PERFORM pg_sleep(random() * 0.03); END IF; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON deliveries DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION dawdle()`);
  // States of recordings would go on to change after the test has looked at the ledger.
  const environment = { ACK_DEADLINE_MS: '150', RECORDING_STORE: 'off' };
  instances = [
    await Instance.start(database.url, environment),
    await Instance.start(database.url, environment),
  ];
});
afterAll(async () => {
  for (const instance of instances) await instance.remove();
  await database.drop();
});

const below = (bound: number) => Math.floor(Math.random() * bound);
function anInstance(): Instance {
  const instance = instances[below(instances.length)];
  if (instance === undefined) throw new Error('there is no instance');
  return instance;
}
const sharedCall = () => `call-${below(SHARED_CALLS)}`;

/** A report, or a note or a recording of a call, which may have no report. */
function someRecord(): Record<string, unknown> {
  const [callId, kind] = [sharedCall(), Math.random()];
  if (kind < 0.15) return { callId, majorIntent: 'ABC'.charAt(below(3)) };
  if (kind < 0.25) return { callId, recordFile: `http://store.example/${below(3)}.wav` };
  return someReport();
}

function someRecords(): Record<string, unknown>[] {
  return Array.from({ length: 1 + below(30) }, someRecord);
}

function someReport(): Record<string, unknown> {
  return record(Math.random() < 0.7 ? sharedCall() : `own-${below(1e9)}`, {
    duration: below(1000),
    ...(Math.random() < 0.1 && { longNumber: 12.5, text: 'x'.repeat(below(3000)) }),
  });
}

/** Goes on until the time is over. */
async function repeat(over: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!over.aborted) await work();
}

async function push(): Promise<void> {
  const records = someRecords();
  for (let times = Math.random() < 0.1 ? 2 : 1; times > 0; times -= 1) {
    const taken = await anInstance()
      .push(records)
      .then(({ status }) => status === 200)
      .catch(() => false);
    counts[taken ? 'pushed' : 'notTaken'] += 1;
  }
}

/** What was received before others, and is written after them. */
async function writeLate(): Promise<void> {
  const body = Buffer.from(JSON.stringify(someRecords()));
  const delivery = arrive('vendor', null, body, Date.now() - below(SECONDS * 1000));
  const [first] = instances;
  // As the drainer does: what fails, because a call is erased at the moment, is written at the next try.
  const write = () => first?.app.get(Keeper, { strict: false }).write(delivery);
  const outcome = (await write()) ?? {};
  if ('nowhere' in outcome) await write();
  counts.late += 1;
  await wait(below(100));
}

/** A session that keeps what the writers need: pushes go to the journal and are written late. */
async function lock(): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query('BEGIN');
  try {
    await client.query(
      Math.random() < 0.5
        ? 'SELECT pg_advisory_xact_lock(1129072709, 1)'
        : 'LOCK TABLE calls IN SHARE ROW EXCLUSIVE MODE',
    );
    await wait(below(500));
    // A position that is drawn and never committed.
    await client.query('SELECT next_delivery_position()');
    await client.query(Math.random() < 0.5 ? 'ROLLBACK' : 'COMMIT');
  } catch (error) {
    // On Citus, tables of several nodes are locked, and this session may be the one that has to give way.
    if (!isDeadlock(error)) throw error;
  } finally {
    await client.end();
  }
  counts.locks += 1;
  await wait(below(500));
}

function isDeadlock(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '40P01';
}

async function erase(): Promise<void> {
  const callIds = new Set(Array.from({ length: 5 }, sharedCall));
  // A deadlock with a writer is resolved at the cost of this transaction or of the other one.
  const erased = await eraseCalls(database, [...callIds].sort()).then(
    () => true,
    (error: unknown) => {
      if (isDeadlock(error)) return false;
      throw error;
    },
  );
  if (erased) counts.erasures += 1;
  await wait(below(150));
}

/** The other one stays, so that somebody always answers. */
async function restart(): Promise<void> {
  await wait(1500 + below(1000));
  const last = instances.at(-1);
  await last?.end();
  await wait(below(300));
  await last?.start();
  counts.restarts += 1;
}

async function follow(follower: Follower): Promise<void> {
  const limit = Math.random() < 0.5 ? 1 + below(20) : 1 + below(1000);
  try {
    const forgets = Math.random() < 0.15;
    await follower.step(anInstance().url, { limit, wait: below(3) }, forgets);
  } catch {
    counts.outages += 1;
  }
}

async function ledgerCalls(): Promise<Map<string, CallDto>> {
  const rows = await database.query<CallDto>(`SELECT ${SELECTED_CALL} FROM calls`);
  return new Map(rows.map((row) => [row.callId, JSON.parse(JSON.stringify(row)) as CallDto]));
}

describe('Whoever follows the feed', () => {
  it(
    'ends with exactly the calls of the ledger, whatever happened meanwhile',
    async () => {
      const over = AbortSignal.timeout(SECONDS * 1000);
      const halfOver = wait((SECONDS * 1000) / 2);
      const followers = [new Follower(), new Follower(), new Follower()];
      const [, , latecomer] = followers;
      await Promise.all([
        ...Array.from({ length: WRITERS }, () => repeat(over, push)),
        ...[writeLate, lock, erase, restart].map((work) => repeat(over, work)),
        ...followers.map(async (follower) => {
          if (follower === latecomer) await halfOver;
          await repeat(over, () => follow(follower));
        }),
      ]);
      await until('the journals to be empty', () =>
        instances.every(({ app }) => app.get(Journal, { strict: false }).isEmpty),
      );
      for (const follower of followers) await follower.catchUp(anInstance().url, { limit: 1 + below(1000) });
      const newcomer = new Follower();
      await newcomer.catchUp(anInstance().url);
      const calls = await ledgerCalls();
      for (const follower of [...followers, newcomer]) {
        expect(differences(follower.copy, calls)).toEqual([]);
        expect(follower.steppedBack).toEqual([]);
      }
      const [deliveries] = await database.query(
        `SELECT count(*)::int, max(position)::int,
        count(*) FILTER (WHERE via = 'journal')::int AS journal FROM deliveries`,
      );
      const summary = { calls: calls.size, deliveries, ...counts, followers: followers.map((f) => f.counts) };
      process.stdout.write(`${JSON.stringify(summary)}\n`);
    },
    SECONDS * 1000 + 120_000,
  );
});

/** The calls that are not the same here and there, each as both hold it. */
function differences(copy: ReadonlyMap<string, CallDto>, ledger: ReadonlyMap<string, CallDto>): unknown[] {
  const callIds = new Set([...copy.keys(), ...ledger.keys()]);
  return [...callIds]
    .map((callId) => ({ callId, copy: told(copy.get(callId)), ledger: told(ledger.get(callId)) }))
    .filter((each) => JSON.stringify(each.copy) !== JSON.stringify(each.ledger));
}

/** What the feed tells of a call. A record that comes again unchanged moves the receipts, and is no change. */
function told(call: CallDto | undefined): unknown {
  if (call === undefined) return undefined;
  const note = call.note === null ? null : { ...call.note, receivedAt: '' };
  const recording = call.recording === null ? null : { ...call.recording, announcedAt: '', expiresAt: '' };
  return { ...call, note, recording, firstReceivedAt: '', lastReceivedAt: '' };
}
