import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { migrations } from '../../src/persistence/schema/migrations/migrations.js';
import { migrate } from '../../src/persistence/schema/migrator.js';
import { TwoRoles } from '../security/two-roles.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createDatabase('empty');
  dataSource = await connect();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.drop();
});

function connect(url = database.url): Promise<DataSource> {
  return new DataSource(dataSourceOptions(url, 4, () => undefined)).initialize();
}

/** Every column, index, constraint and function of the schema, as PostgreSQL describes it. */
function schema(): Promise<unknown[]> {
  return database.query(`
    SELECT 'column' AS kind, table_name || '.' || column_name AS name,
      concat_ws(' ', data_type, is_nullable, column_default, collation_name, ordinal_position) AS definition
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'sequence', sequence_name, data_type FROM information_schema.sequences
      WHERE sequence_schema = 'public'
    ORDER BY 1, 2, 3`);
}

describe('The migrations', () => {
  it('go up, down to nothing, and up to the same schema again', async () => {
    expect(await migrate(dataSource)).toHaveLength(migrations.length);
    const first = await schema();
    expect(first.length).toBeGreaterThan(80);
    for (let undone = 0; undone < migrations.length; undone += 1) await dataSource.undoLastMigration();
    const left = await database.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    expect(left.map((row) => row.tablename)).toEqual(['migrations']);
    expect(await migrate(dataSource)).toHaveLength(migrations.length);
    expect(await schema()).toEqual(first);
  });

  it('tell a role to wait for its rights, while there are no tables, and once they are there', async () => {
    const roles = new TwoRoles();
    await roles.setUp();
    const ofService = await connect(roles.serviceUrl);
    try {
      const hint = `run "npm run migrate -- --grant-to ${roles.service}"`;
      await expect(migrate(ofService)).rejects.toThrow(hint);
      expect((await roles.migrate(roles.ownerUrl)).code).toBe(0);
      await expect(migrate(ofService)).rejects.toThrow(hint);
      expect((await roles.migrate(roles.ownerUrl, roles.service)).code).toBe(0);
      expect(await migrate(ofService)).toEqual([]);
    } finally {
      await ofService.destroy();
      await roles.remove();
    }
  });

  it('refuse a database that has a table of their name, and change nothing', async () => {
    await database.query('CREATE TABLE calls (call_id text)');
    const before = await schema();
    await expect(migrate(dataSource)).rejects.toThrow('has a table calls that this version did not make');
    expect(await schema()).toEqual(before);
  });

  it('make the schema that the entities describe', async () => {
    await migrate(dataSource);
    const drift = await dataSource.driver.createSchemaBuilder().log();
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('notice when schema and entities drift apart', async () => {
    await migrate(dataSource);
    await database.query('ALTER TABLE calls ALTER COLUMN source DROP NOT NULL');
    const drift = await dataSource.driver.createSchemaBuilder().log();
    expect(drift.upQueries).not.toEqual([]);
  });

  it('are run once when several processes start together', async () => {
    const others = await Promise.all([connect(), connect(), connect()]);
    const done = await Promise.all([dataSource, ...others].map((source) => migrate(source)));
    await Promise.all(others.map((source) => source.destroy()));
    expect(done.flat()).toHaveLength(migrations.length);
    expect(await database.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
  });
});
