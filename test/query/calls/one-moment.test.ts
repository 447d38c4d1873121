// Very many calls of one second: a page reads only its own calls.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/read-settings.js';
import { dataSourceOptions } from '../../../src/persistence/connections/data-source-options.js';
import { Database } from '../../../src/persistence/connections/database.js';
import { ReadingDatabase } from '../../../src/persistence/connections/reading-database.js';
import { Replica } from '../../../src/persistence/connections/replica.js';
import type { Statement, TextRow } from '../../../src/persistence/connections/statement.js';
import { ClusterNodes } from '../../../src/persistence/schema/distribution/cluster-nodes.js';
import { migrate } from '../../../src/persistence/schema/migrator.js';
import { CALL_FIELDS } from '../../../src/query/calls/call-fields.js';
import type { CallFilter } from '../../../src/query/calls/call-filter.js';
import { type CallPosition, CallRepository } from '../../../src/query/calls/call.repository.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';

const MOMENT = Date.parse('2025-06-01T04:00:00Z');
const CALLS = 20_000;
const PAGE = 50;
/** A page of 50 calls touches some 60 buffers of 8 kB, 200 for their notes and recordings, and all calls of the moment 700. */
const MOST_BUFFERS = 400;

const INSERT = `INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision,
    answered, source, task_id, batch_id, detail_id, content_hash, warnings)
  SELECT 'call-' || n, CASE WHEN n <= $1 THEN to_timestamp($2) ELSE to_timestamp($2 + n - 1.5 * $1) END, now(), now(),
    gen_random_uuid(), 1, true, 'vendor', 't', 'b', 'd' || n, '', '[]' FROM generate_series(1, $1::int * 2) AS n`;

let testDatabase: TestDatabase;
let dataSource: DataSource;
let calls: CallRepository;
let mostBuffers = 0;

/** Notes how many buffers each statement touches. */
class Explaining extends Database {
  override async readTexts(statement: Statement): Promise<TextRow[]> {
    const text = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.text}`;
    const [row] = await testDatabase.query<{
      'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }];
    }>(text, [...(statement.values ?? [])]);
    const plan = row?.['QUERY PLAN'][0].Plan;
    mostBuffers = Math.max(
      mostBuffers,
      (plan?.['Shared Hit Blocks'] ?? NaN) + (plan?.['Shared Read Blocks'] ?? NaN),
    );
    return super.readTexts(statement);
  }
}

beforeAll(async () => {
  testDatabase = await createDatabase('empty');
  dataSource = new DataSource(dataSourceOptions(testDatabase.url, 2, () => undefined));
  await dataSource.initialize();
  await migrate(dataSource);
  await testDatabase.query(INSERT, [CALLS, MOMENT / 1000]);
  await testDatabase.query('VACUUM ANALYZE calls');
  const environment = {
    DATABASE_URL: testDatabase.url,
    PUSH_TOKENS: 'vendor=0123456789abcdef',
    ADMIN_API_KEY: 'k'.repeat(32),
    DATABASE_POOL_SIZE: '2',
  };
  const settings = readSettings(environment, false);
  const database = new Explaining(dataSource, settings);
  calls = new CallRepository(
    new ReadingDatabase(database, new Replica(settings, database)),
    new ClusterNodes({ distributed: false }),
  );
});
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});

const CALL_ID = CALL_FIELDS.indexOf('callId');
const FILTERS: Readonly<Record<string, CallFilter>> = {
  'all calls': {},
  'a task': { taskId: ['t'] },
  'a batch': { batchId: ['b'] },
  'a task and a batch': { taskId: ['t'], batchId: ['b'] },
  'a range of time': { from: MOMENT - 3_600_000, to: MOMENT + 3_600_000 },
  'calls with warnings': { hasWarnings: true },
};
const QUESTIONS = Object.entries(FILTERS).flatMap(([name, filter]) =>
  (['desc', 'asc'] as const).map((order) => [name, order, filter] as const),
);

/** A call of the moment that is in the middle of it. */
async function middle(): Promise<CallPosition> {
  const [row] = await testDatabase.query<{ call_id: string }>(
    `SELECT call_id FROM calls WHERE occurred_at = to_timestamp($1) ORDER BY hashtextextended(call_id, 0) OFFSET $2 LIMIT 1`,
    [MOMENT / 1000, CALLS / 2],
  );
  return { occurredAt: MOMENT, callId: row?.call_id ?? '' };
}

describe('Pages amid very many calls of one second', () => {
  it.each(QUESTIONS)('read only their own calls: %s, %s', async (_name, order, filter) => {
    mostBuffers = 0;
    const seen = new Set<string>();
    let after = await middle();
    for (let page = 0; page < 4; page += 1) {
      const { calls: found } = await calls.list(filter, { sources: null }, order, after, {
        limit: PAGE,
        fields: undefined,
      });
      expect(found).toHaveLength(PAGE);
      for (const call of found) seen.add(call[CALL_ID] ?? '');
      after = { occurredAt: MOMENT, callId: found.at(-1)?.[CALL_ID] ?? '' };
    }
    expect(seen.size).toBe(4 * PAGE);
    expect(mostBuffers).toBeGreaterThan(0);
    expect(mostBuffers).toBeLessThan(MOST_BUFFERS);
  });
});
