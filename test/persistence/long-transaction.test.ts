import { afterAll, beforeAll, expect, it } from 'vitest';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/read-settings.js';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { Database } from '../../src/persistence/connections/database.js';
import { DatabaseUnavailableError } from '../../src/persistence/connections/unavailable.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { shortenLimit } from '../support/short-times.js';

/** In which a statement must be answered. */
const WRITE_LIMIT_MS = 15_000;

let limitAgain: () => void;
let testDatabase: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  limitAgain = shortenLimit(WRITE_LIMIT_MS, 3000);
  testDatabase = await createDatabase();
  dataSource = new DataSource(dataSourceOptions(testDatabase.url, 2, () => undefined));
  await dataSource.initialize();
});
afterAll(async () => {
  limitAgain();
  await dataSource.destroy();
  await testDatabase.drop();
});

it('A transaction may take longer than a server may be silent, as long as its statements do not', async () => {
  const settings = readSettings(
    {
      DATABASE_URL: testDatabase.url,
      PUSH_TOKENS: 'vendor=0123456789abcdef',
      ADMIN_API_KEY: 'k'.repeat(32),
      JOURNAL_DIR: 'off',
    },
    false,
  );
  const ledger = new Database(dataSource, settings);
  const seconds = await ledger.transaction(async (transaction) => {
    for (let times = 0; times < 4; times += 1) await transaction.query({ text: 'SELECT pg_sleep(1)' });
    const text = 'SELECT extract(epoch FROM clock_timestamp() - now())::float AS seconds';
    return (await transaction.query<{ seconds: number }>({ text })).rows[0]?.seconds;
  });
  expect(seconds).toBeGreaterThanOrEqual(4);
  const silent = ledger.transaction((transaction) => transaction.query({ text: 'SELECT pg_sleep(10)' }));
  await expect(silent).rejects.toThrow(DatabaseUnavailableError);
});
