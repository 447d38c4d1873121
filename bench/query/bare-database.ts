// What the service asks PostgreSQL, asked by `pg` alone: no HTTP, no keys, no JSON.
import type { Client, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { readSettings } from '../../src/config/read-settings.js';
import { dataSourceOptions } from '../../src/persistence/data-source-options.js';
import { Database, type Statement, type Transaction } from '../../src/persistence/database.js';
import { API_KEY, PUSH_TOKEN } from '../support/processes.js';

/** Runs the repositories' own statements on one connection. */
export class BareDatabase extends Database {
  constructor(
    url: string,
    private readonly client: Client,
  ) {
    const environment = { DATABASE_URL: url, PUSH_TOKENS: `vendor=${PUSH_TOKEN}`, ADMIN_API_KEY: API_KEY };
    super(new DataSource(dataSourceOptions(url, 1, () => undefined)), readSettings(environment, false));
  }

  override async read<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    return (await this.client.query<Row>({ ...statement })).rows;
  }

  override async readTogether<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    await this.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work({ query: (statement) => this.client.query({ ...statement }) });
    await this.client.query('COMMIT');
    return result;
  }
}
