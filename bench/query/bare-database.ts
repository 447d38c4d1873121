// What the service asks PostgreSQL, asked by `pg` alone: no HTTP, no keys, no JSON.
import type { Client, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/read-settings.js';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import type { Settings } from '../../src/config/settings.js';
import { Database } from '../../src/persistence/connections/database.js';
import { AS_WRITTEN } from '../../src/persistence/sql/value-parsers.js';
import type { Statement, TextRow, Transaction } from '../../src/persistence/connections/statement.js';
import { ReadingDatabase } from '../../src/persistence/connections/reading-database.js';
import { Replica } from '../../src/persistence/connections/replica.js';
import { API_KEY, PUSH_TOKEN } from '../support/processes.js';

/** Runs the repositories' own statements on one connection. */
export function bareDatabase(url: string, client: Client): ReadingDatabase {
  const environment = { DATABASE_URL: url, PUSH_TOKENS: `vendor=${PUSH_TOKEN}`, ADMIN_API_KEY: API_KEY };
  const settings = readSettings(environment, false);
  const database = new BareDatabase(
    new DataSource(dataSourceOptions(url, 1, () => undefined)),
    settings,
    client,
  );
  return new ReadingDatabase(database, new Replica(settings, database));
}

class BareDatabase extends Database {
  constructor(
    dataSource: DataSource,
    settings: Settings,
    private readonly client: Client,
  ) {
    super(dataSource, settings);
  }

  override async read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return (await this.client.query<Row>({ ...statement })).rows;
  }

  override async readTexts(statement: Statement): Promise<TextRow[]> {
    const query = { ...statement, types: AS_WRITTEN, rowMode: 'array' } as const;
    return (await this.client.query<TextRow>(query)).rows;
  }

  override async snapshot<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    await this.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work({
      manager: this.dataSource.manager,
      query: (statement) => this.client.query({ ...statement }),
      eachText: async (statement, take) => {
        for (const row of await this.readTexts(statement)) take(row);
      },
    });
    await this.client.query('COMMIT');
    return result;
  }
}
