import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { record } from '../../support/records.js';
import { eraseCalls } from './erasing.js';
import { Follower } from './follower.js';
import { Instance } from './instances.js';

let databases: TestDatabase[];
let instances: Instance[];

beforeEach(() => {
  databases = [];
  instances = [];
});
afterEach(async () => {
  for (const instance of instances) await instance.remove();
  for (const database of databases) await database.drop();
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createDatabase();
  databases.push(database);
  return database;
}

async function serve(database: TestDatabase): Promise<Instance> {
  const instance = await Instance.start(database.url, { ACK_DEADLINE_MS: '20000', JOURNAL_DIR: 'off' });
  instances.push(instance);
  return instance;
}

/** Copies every row, and where the sequence stands, as a dump that is restored does. */
async function restore(from: TestDatabase, to: TestDatabase): Promise<void> {
  const tables = await from.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'",
  );
  for (const { name } of tables) {
    const [rows] = await from.query<{ json: string }>(`SELECT json_agg(t)::text AS json FROM ${name} AS t`);
    await to.query(`INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, $1)`, [
      rows?.json,
    ]);
  }
  const [sequence] = await from.query<{ last_value: string }>('SELECT last_value FROM delivery_positions');
  await to.query("SELECT setval('delivery_positions', $1)", [sequence?.last_value]);
}

it('A cursor goes on in a ledger that was dumped and restored elsewhere', async () => {
  const [from, to] = [await emptyDatabase(), await emptyDatabase()];
  const before = await serve(from);
  // Positions with gaps, and a sequence that is ahead of them.
  for (let gap = 0; gap < 3; gap += 1) await from.query('SELECT next_delivery_position()');
  await before.push(['a', 'b', 'c', 'd'].map((callId) => record(callId, { duration: 1 })));
  await before.push([record('c', { duration: 2 })]);
  await eraseCalls(from, ['d']);
  await from.query('SELECT next_delivery_position()');
  const follower = new Follower();
  await follower.step(before.url, { limit: 2 });
  expect([...follower.copy.keys()]).toEqual(['a', 'b']);
  await before.end();
  await restore(from, to);
  const after = await serve(to);
  await after.push([record('a', { duration: 3 }), record('e', { duration: 3 })]);
  await follower.catchUp(after.url);
  const durations = [...follower.copy].map(([callId, { duration }]) => `${callId} ${duration ?? ''}`);
  expect(durations.sort()).toEqual(['a 3', 'b 1', 'c 2', 'e 3']);
  expect(follower.counts.erased).toBe(1);
});
