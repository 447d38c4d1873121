// Reads and writes by TypeORM: under the same limits, and with the same errors, as those by SQL.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/read-settings.js';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { Database } from '../../src/persistence/connections/database.js';
import { Task } from '../../src/persistence/schema/entities/campaign.entities.js';
import { DatabaseUnavailableError } from '../../src/persistence/connections/unavailable.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const TASK = { taskId: 'one', firstSeenAt: new Date('2025-06-01T00:00:00Z') };

let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;

beforeAll(async () => {
  testDatabase = await createDatabase();
  dataSource = dataSourceOf(testDatabase.url);
  await dataSource.initialize();
  database = databaseOn(dataSource);
});
afterEach(() => testDatabase.query('DELETE FROM tasks'));
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});

function dataSourceOf(url: string): DataSource {
  return new DataSource(dataSourceOptions(url, 2, () => undefined));
}

function databaseOn(source: DataSource): Database {
  const environment = {
    DATABASE_URL: testDatabase.url,
    PUSH_TOKENS: 'vendor=0123456789abcdef',
    ADMIN_API_KEY: 'k'.repeat(32),
    DATABASE_POOL_SIZE: '2',
  };
  return new Database(source, readSettings(environment, false));
}

const tasks = () => database.readEntities((manager) => manager.find(Task));

describe('A transaction', () => {
  it('holds what is done by entities and by SQL, and undoes both', async () => {
    const failing = database.transaction(async (transaction) => {
      const { manager } = transaction;
      await manager.insert(Task, TASK);
      await transaction.query({ text: "INSERT INTO tasks VALUES ('two', now())" });
      expect(await manager.count(Task)).toBe(2);
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await tasks()).toEqual([]);
    await database.transaction(({ manager }) => manager.insert(Task, TASK));
    expect(await tasks()).toEqual([TASK]);
  });

  it('is not ended by a `save` inside of it, which is refused', async () => {
    const saving = database.transaction(async ({ manager }) => {
      await manager.insert(Task, TASK);
      await manager.save(manager.create(Task, { ...TASK, taskId: 'two' }));
    });
    await expect(saving).rejects.toThrow('save and remove begin a transaction by themselves');
    expect(await tasks()).toEqual([]);
  });

  it('whose connection breaks between two statements finds the database away', async () => {
    const breaking = database.transaction(async (transaction) => {
      const { manager } = transaction;
      const { rows } = await transaction.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
      await testDatabase.query(`SELECT pg_terminate_backend(${rows[0]?.pid ?? 0}, 10000)`);
      // The end of the connection is on its way, or has come.
      for (;;) await manager.find(Task);
    });
    await expect(breaking).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await tasks()).toEqual([]);
  });

  it('that comes into conflict with another one is run again', async () => {
    let runs = 0;
    await database.transaction(async (transaction) => {
      const { manager } = transaction;
      runs += 1;
      if (runs === 1) await transaction.query({ text: "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$" });
      await manager.insert(Task, TASK);
    });
    expect(runs).toBe(2);
    expect(await tasks()).toEqual([TASK]);
  });
});

describe('A statement of entities', () => {
  it('finds the database away while there is no connection yet', async () => {
    const reading = databaseOn(dataSourceOf(testDatabase.url)).readEntities((manager) => manager.find(Task));
    await expect(reading).rejects.toBeInstanceOf(DatabaseUnavailableError);
  });

  it('finds it away, too, at the moment when there are connections and not yet the entities', async () => {
    const connecting = dataSourceOf(testDatabase.url);
    await connecting.driver.connect();
    try {
      const reading = databaseOn(connecting).readEntities((manager) => manager.find(Task));
      await expect(reading).rejects.toBeInstanceOf(DatabaseUnavailableError);
    } finally {
      await connecting.driver.disconnect();
    }
  });

  it('that fails tells no parameter', async () => {
    await database.transaction(({ manager }) => manager.insert(Task, TASK));
    const again = database.queryEntities((manager) => manager.insert(Task, TASK));
    await expect(again).rejects.toMatchObject({ code: '23505' });
    await expect(again).rejects.not.toHaveProperty('parameters');
  });
});
