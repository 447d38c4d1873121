import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { NarrowCallIndexes1767000000000 } from '../../src/persistence/schema/migrations/1767000000000-narrow-call-indexes.js';
import { migrate } from '../../src/persistence/schema/migrator.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { undoTo } from '../support/undone-migrations.js';

const INSERT = `INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision,
    answered, source, task_id, detail_id, content_hash)
  SELECT $1 || n, now(), now(), now(), gen_random_uuid(), 1, true, 'vendor', 't', 'd' || n, ''
  FROM generate_series(1, $2::int) AS n`;
const INDEXES = `SELECT relname AS name, indisvalid AS valid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE indrelid = 'calls'::regclass ORDER BY 1`;

let database: TestDatabase;
let dataSource: DataSource;

/** The schema as it was before the indexes were exchanged. */
beforeEach(async () => {
  database = await createDatabase('empty');
  dataSource = await connect();
  await migrate(dataSource);
  await undoTo(dataSource, NarrowCallIndexes1767000000000);
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

function connect(): Promise<DataSource> {
  return new DataSource(dataSourceOptions(database.url, 4, () => undefined)).initialize();
}

async function indexes(): Promise<string[]> {
  const rows = await database.query<{ name: string; valid: boolean }>(INDEXES);
  return rows.map(({ name, valid }) => (valid ? name : `${name} is invalid`));
}

describe('The exchange of the indexes of calls', () => {
  it('lets pushes go on, and leaves every index valid', async () => {
    await database.query(INSERT, ['before', 50_000]);
    const migration = { isOver: false };
    const pushing = (async () => {
      let pushes = 0;
      while (!migration.isOver) await database.query(INSERT, [`during ${(pushes += 1)} `, 100]);
      return pushes;
    })();
    await migrate(dataSource);
    migration.isOver = true;
    const pushes = await pushing;
    expect(pushes).toBeGreaterThan(1);
    const [counted] = await database.query<{ calls: number }>(
      "SELECT count(*)::int AS calls FROM calls WHERE task_id = 't' AND occurred_at > '2000-01-01'",
    );
    expect(counted?.calls).toBe(50_000 + pushes * 100);
    expect(await indexes()).not.toContainEqual(
      expect.stringMatching(/invalid|calls_occurred|calls_(?:of_)?(?:task|batch)|calls_with_warnings/),
    );
  });

  it('begins an index anew that a process left unfinished', async () => {
    await database.query(INSERT, ['call', 100]);
    // It fails because all calls have the same task, and leaves an invalid index behind.
    await expect(
      database.query('CREATE UNIQUE INDEX CONCURRENTLY calls_by_task ON calls (task_id)'),
    ).rejects.toThrow('could not create unique index');
    expect(await indexes()).toContain('calls_by_task is invalid');
    await migrate(dataSource);
    expect(await indexes()).toContain('calls_by_task');
    const [index] = await database.query<{ indexdef: string }>(
      "SELECT indexdef FROM pg_indexes WHERE indexname = 'calls_by_task'",
    );
    const [task, call] = ['task_id', 'call_id'].map((id) => `hashtextextended(${id}, (0)::bigint)`);
    expect(index?.indexdef).toContain(`(${task ?? ''}, occurred_at, ${call ?? ''})`);
  });

  it('is made once when several processes start together', async () => {
    await database.query(INSERT, ['call', 10_000]);
    const others = await Promise.all([connect(), connect()]);
    const done = await Promise.all([dataSource, ...others].map((source) => migrate(source)));
    await Promise.all(others.map((source) => source.destroy()));
    expect(done.flat().filter((name) => name === NarrowCallIndexes1767000000000.name)).toHaveLength(1);
  });

  it('leaves the connections of the pool their timeouts', async () => {
    await migrate(dataSource);
    const timeouts = await Promise.all(
      Array.from({ length: 4 }, () =>
        dataSource.query<unknown>("SELECT current_setting('statement_timeout') AS limit"),
      ),
    );
    expect(timeouts).toEqual(Array.from({ length: 4 }, () => [{ limit: '30s' }]));
  });
});
