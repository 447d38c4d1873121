// The table "What is tried again" of docs/architecture.md, row by row.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { arrive } from '../../src/ingestion/delivery.js';
import { DeliveryReader } from '../../src/ingestion/reading/delivery-reader.js';
import { Attempts } from '../../src/ingestion/writing/attempts.js';
import { lockSlots } from '../../src/ingestion/writing/message-write.repository.js';
import { CALL_LOCKS } from '../../src/persistence/schema/advisory-locks.js';
import { DatabaseUnavailableError } from '../../src/persistence/connections/unavailable.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

let database: TestDatabase;
let instance: Instance;
let one: Client;
let other: Client;

beforeAll(async () => {
  database = await createDatabase();
  // No journal: what is answered 200 was committed in the end.
  instance = await Instance.start(database.url, { JOURNAL_DIR: 'off', ACK_DEADLINE_MS: '60000' });
  one = new Client({ connectionString: database.url });
  other = new Client({ connectionString: database.url });
  for (const client of [one, other]) await client.connect();
});
afterAll(async () => {
  for (const client of [one, other]) await client.end();
  await instance.remove();
  await database.drop();
});

/** Takes the locks of calls, so that a writer of corrections stops halfway: before them it has inserted tasks and new calls. */
async function lockCalls(...callIds: string[]): Promise<void> {
  await one.query('BEGIN');
  await one.query('SELECT pg_advisory_xact_lock($1, slot) FROM unnest($2::integer[]) AS t(slot)', [
    CALL_LOCKS,
    lockSlots(callIds),
  ]);
}

const writerWaits = () => waits(`locktype = 'advisory' AND classid = ${CALL_LOCKS}`);

async function waits(condition: string): Promise<void> {
  await until(`somebody who waits: ${condition}`, async () => {
    const rows = await database.query(
      `SELECT 1 FROM pg_locks l JOIN pg_stat_activity USING (pid)
        WHERE NOT granted AND ${condition} AND datname = current_database()`,
    );
    return rows.length > 0;
  });
}

it('After a deadlock that PostgreSQL resolved at its cost, a group is written again', async () => {
  expect((await instance.push([record('twisted')])).status).toBe(200);
  const before = await deadlocks();
  await lockCalls('twisted');
  // Only the service looks for a deadlock, so that it is the one to be cancelled.
  await other.query("SET deadlock_timeout = '1h'");
  await other.query('BEGIN');
  await other.query('LOCK TABLE delivery_bodies IN ACCESS EXCLUSIVE MODE');
  const push = instance.push([record('twisted', { taskId: 'a-new-task', duration: 1 })]);
  await writerWaits();
  // The writer has inserted the task and not committed it, and will want the other's table.
  const insert = other.query("INSERT INTO tasks (task_id, first_seen_at) VALUES ('a-new-task', now())");
  await waits("locktype = 'transactionid'");
  await one.query('COMMIT');
  await insert;
  await other.query('ROLLBACK');
  expect((await push).status).toBe(200);
  await until('the deadlock to be counted', async () => (await deadlocks()) > before);
  const rows = await database.query("SELECT duration, revision FROM calls WHERE call_id = 'twisted'");
  expect(rows).toEqual([{ duration: 1, revision: 2 }]);
});

async function deadlocks(): Promise<number> {
  // Counters of a backend are published when it is idle for a moment.
  const [row] = await database.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return Number(row?.deadlocks);
}

it('A correction whose call is deleted before it gets the lock is written as a new call', async () => {
  await instance.push([record('gone'), record('stays')]);
  await lockCalls('gone');
  const corrections = [record('gone', { duration: 1 }), record('stays', { duration: 1 }), record('new')];
  const push = instance.push(corrections);
  await writerWaits();
  await one.query("DELETE FROM calls WHERE call_id = 'gone'");
  await one.query('COMMIT');
  expect((await push).status).toBe(200);
  const calls = await database.query(
    "SELECT call_id, duration, revision FROM calls WHERE call_id IN ('gone', 'new', 'stays') ORDER BY call_id",
  );
  expect(calls).toEqual([
    { call_id: 'gone', duration: 1, revision: 1 },
    { call_id: 'new', duration: 330, revision: 1 },
    { call_id: 'stays', duration: 1, revision: 2 },
  ]);
  const [delivery] = await database.query(
    'SELECT records, stored, corrected, duplicate FROM deliveries ORDER BY position DESC LIMIT 1',
  );
  expect(delivery).toEqual({ records: 3, stored: 2, corrected: 1, duplicate: 0 });
});

it('Intents that change at every try, after they were looked up, do not keep a correction from being written', async () => {
  await instance.push([record('moody')]);
  await instance.push([{ callId: 'moody', majorIntent: 'A' }]);
  // Each correction meets another intent than it looked up, at every try.
  await database.query(`
    CREATE FUNCTION change_mind() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE call_notes SET major_intent = major_intent || '+' WHERE call_id = NEW.call_id;
      RETURN NEW;
    END $$`);
  await database.query(`CREATE TRIGGER change_mind AFTER UPDATE OF duration ON calls FOR EACH ROW
    WHEN (NEW.call_id = 'moody') EXECUTE FUNCTION change_mind()`);
  expect((await instance.push([record('moody', { duration: 7 })])).status).toBe(200);
  await database.query('DROP TRIGGER change_mind ON calls');
  const rows = await database.query(
    `SELECT duration, c.revision, major_intent FROM calls c JOIN call_notes USING (call_id) WHERE call_id = 'moody'`,
  );
  expect(rows).toEqual([{ duration: 7, revision: 2, major_intent: 'A+' }]);
});

describe('Of a group', () => {
  const group = (...callIds: string[]) =>
    Promise.all(
      callIds.map(async (callId) => {
        const delivery = arrive('vendor', null, Buffer.from(JSON.stringify([record(callId)])), Date.now());
        const read = await instance.app.get(DeliveryReader, { strict: false }).read(delivery);
        return { read, body: { encoding: 'identity' as const, bytes: delivery.body }, callId };
      }),
    );
  const attempts = () => instance.app.get(Attempts, { strict: false });
  const stored = async (...callIds: string[]) =>
    (
      await database.query<{ call_id: string }>(
        'SELECT call_id FROM calls WHERE call_id = ANY($1) ORDER BY call_id',
        [callIds],
      )
    ).map((row) => row.call_id);

  beforeAll(async () => {
    await database.query(`
      CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF position('cursed' in encode(NEW.body, 'escape')) > 0 THEN RAISE EXCEPTION 'cursed'; END IF;
        IF position('ender' in encode(NEW.body, 'escape')) > 0 THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NEW;
      END $$`);
    await database.query(
      'CREATE TRIGGER curse BEFORE INSERT ON delivery_bodies FOR EACH ROW EXECUTE FUNCTION curse()',
    );
  });

  it('what is in the ledger already is left out, and the rest is written', async () => {
    const [lost, fresh] = await group('written-before', 'not-yet');
    if (lost === undefined || fresh === undefined) throw new Error('no group');
    expect(await attempts().write([lost])).toEqual(new Map());
    expect(await attempts().write([lost, fresh])).toEqual(new Map());
    expect(await attempts().write([lost, fresh])).toEqual(new Map());
    expect(await stored('written-before', 'not-yet')).toEqual(['not-yet', 'written-before']);
    const rows = await database.query('SELECT id FROM deliveries WHERE id = ANY($1)', [
      [lost, fresh].map(({ read }) => read.delivery.id),
    ]);
    expect(rows).toHaveLength(2);
  });

  it('one that can not be written fails alone', async () => {
    const all = await group('fine', 'cursed', 'fine-too');
    const failures = await attempts().write(all);
    expect([...failures].map(([{ callId }, error]) => [callId, String(error)])).toEqual([
      ['cursed', 'error: cursed'],
    ]);
    expect(await stored('fine', 'cursed', 'fine-too')).toEqual(['fine', 'fine-too']);
  });

  it('none is tried alone any more once the database is away', async () => {
    const all = await group('first', 'cursed', 'ender', 'last');
    const failures = await attempts().write(all);
    const away = [...failures].filter(([, error]) => error instanceof DatabaseUnavailableError);
    expect([...failures.keys()].map(({ callId }) => callId)).toEqual(['cursed', 'ender', 'last']);
    expect(away.map(([{ callId }]) => callId)).toEqual(['ender', 'last']);
    expect(await stored('first', 'last')).toEqual(['first']);
  });
});
