import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { record } from '../../support/records.js';
import { eraseCalls } from './erasing.js';
import { askChanges, Follower } from './follower.js';
import { Instance } from './instances.js';

const AFTER_RESTORE = fileURLToPath(
  new URL('../../../dist/src/persistence/commands/after-restore.js', import.meta.url),
);

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

/** @param of a database, whose connections are ended; the template of an empty ledger when not given */
async function copyOf(of?: TestDatabase): Promise<TestDatabase> {
  const database = await createDatabase(of);
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
  const [from, to] = [await copyOf(), await copyOf()];
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

describe('A ledger that was brought back to an earlier moment', () => {
  const ids = (name: string) => Array.from({ length: 3 }, (_, index) => record(`${name}-${index}`));
  let follower: Follower;
  let ledger: TestDatabase;
  let afterwards: Instance;

  /** The follower has been told of changes that are not in the ledger any more. */
  beforeEach(async () => {
    const later = await copyOf();
    let before = await serve(later);
    await before.push(ids('kept'));
    await before.end();
    ledger = await copyOf(later);
    before = await serve(later);
    for (const call of ids('lost')) await before.push([call]);
    follower = new Follower();
    await follower.catchUp(before.url);
    expect(follower.copy.size).toBe(6);
    await before.end();
  });

  it('refuses a cursor that is ahead of it, rather than to say that nothing is new', async () => {
    afterwards = await serve(ledger);
    await expect(follower.step(afterwards.url)).rejects.toThrow(/400: .*"path":"after".*restored/);
    await expect(follower.step(afterwards.url, { wait: 30 })).rejects.toThrow(/restored/);
    const now = await askChanges(afterwards.url, { after: 'now' });
    expect(await askChanges(afterwards.url, { after: now.nextCursor })).toMatchObject({
      data: [],
      upToDate: true,
    });
  });

  it('tells all that is new to who has an old cursor, after "npm run after-restore", once and again', async () => {
    for (const name of ['new', 'newer']) {
      const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: ledger.url };
      const { stdout } = await promisify(execFile)(process.execPath, [AFTER_RESTORE], { env });
      expect(stdout).toMatch(/go on after \d{15}, not after \d+\./);
      afterwards = await serve(ledger);
      await follower.catchUp(afterwards.url);
      await afterwards.push(ids(name));
      await follower.catchUp(afterwards.url);
      expect([...follower.copy.keys()].filter((callId) => callId.startsWith(`${name}-`))).toHaveLength(3);
    }
  });
});
