// Calls of a database of their own, and a repository whose statements are explained: how many buffers does a page touch?
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/read-settings.js';
import type { Settings } from '../../../src/config/settings.js';
import { dataSourceOptions } from '../../../src/persistence/connections/data-source-options.js';
import { Database } from '../../../src/persistence/connections/database.js';
import { ReadingDatabase } from '../../../src/persistence/connections/reading-database.js';
import { Replica } from '../../../src/persistence/connections/replica.js';
import type { Statement, TextRow } from '../../../src/persistence/connections/statement.js';
import { ClusterNodes } from '../../../src/persistence/schema/distribution/cluster-nodes.js';
import { migrate } from '../../../src/persistence/schema/migrator.js';
import { CallRepository } from '../../../src/query/calls/call.repository.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';

/** Notes how many buffers of 8 kB each statement touches. */
class Explaining extends Database {
  readonly buffers: number[] = [];

  constructor(
    dataSource: DataSource,
    settings: Settings,
    private readonly plain: TestDatabase,
  ) {
    super(dataSource, settings);
  }

  override async read<Row extends object>(statement: Statement): Promise<Row[]> {
    await this.explain(statement);
    return super.read(statement);
  }

  override async readTexts(statement: Statement): Promise<TextRow[]> {
    await this.explain(statement);
    return super.readTexts(statement);
  }

  private async explain({ text, values = [] }: Statement): Promise<void> {
    if (text.startsWith('EXPLAIN')) return;
    const [row] = await this.plain.query<{
      'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }];
    }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, [...values]);
    const plan = row?.['QUERY PLAN'][0].Plan;
    this.buffers.push((plan?.['Shared Hit Blocks'] ?? NaN) + (plan?.['Shared Read Blocks'] ?? NaN));
  }
}

export class ExplainedCalls {
  readonly calls: CallRepository;

  private constructor(
    readonly plain: TestDatabase,
    private readonly dataSource: DataSource,
    settings: Settings,
    private readonly database = new Explaining(dataSource, settings, plain),
  ) {
    this.calls = new CallRepository(
      new ReadingDatabase(database, new Replica(settings, database)),
      new ClusterNodes({ distributed: false }),
    );
  }

  /** @param insert fills the tables */
  static async of(insert: (plain: TestDatabase) => Promise<void>): Promise<ExplainedCalls> {
    const plain = await createDatabase('empty');
    const dataSource = new DataSource(dataSourceOptions(plain.url, 2, () => undefined));
    await dataSource.initialize();
    await migrate(dataSource);
    await insert(plain);
    await plain.query('VACUUM ANALYZE');
    const environment = {
      DATABASE_URL: plain.url,
      PUSH_TOKENS: 'vendor=0123456789abcdef',
      ADMIN_API_KEY: 'k'.repeat(32),
      DATABASE_POOL_SIZE: '2',
    };
    return new ExplainedCalls(plain, dataSource, readSettings(environment, false));
  }

  /** The buffers of each statement since they were taken last. */
  takeBuffers(): readonly number[] {
    return this.database.buffers.splice(0);
  }

  async end(): Promise<void> {
    await this.dataSource.destroy();
    await this.plain.drop();
  }
}
