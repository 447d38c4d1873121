// The migration that puts the names of rollups into groups, with rows of the schema before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { RollupGroups1768000000000 } from '../../src/persistence/schema/migrations/1768000000000-rollup-groups.js';
import { migrate } from '../../src/persistence/schema/migrator.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { undoTo } from '../support/undone-migrations.js';

const CALLS = 200;

let ledger: TestLedger;
let dataSource: DataSource;

beforeAll(async () => {
  ledger = await startLedger();
  dataSource = await new DataSource(dataSourceOptions(ledger.database.url, 2, () => undefined)).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await ledger.stop();
});

function someCall(index: number, duration: number): Record<string, unknown> {
  return record(`call-${index}`, {
    taskId: index % 7 === 0 ? '' : `task-${index % 3}`,
    batchId: `b"${index % 4}\\`,
    statusCode: `2000${index % 5}`,
    originateTime: `2025-06-0${1 + (index % 9)} 09:0${index % 6}:00`,
    duration,
  });
}

const calls = (duration: number) => Array.from({ length: CALLS }, (_, index) => someCall(index, duration));

describe('The migration of the rollups', () => {
  it('keeps every sum and time, and what is pushed afterwards is added to the same groups', async () => {
    await ledger.push(calls(5));
    const tasks = (await ledger.get('/v1/tasks')).body;
    await undoTo(dataSource, RollupGroups1768000000000);
    const before = await ledger.database.query('SELECT * FROM call_rollups ORDER BY 1, 2, 3, 4, 5, 6, 7');
    expect(before.length).toBeGreaterThan(50);
    // Another lane, as several writers leave it behind.
    await ledger.database.query(
      `INSERT INTO call_rollups SELECT (r).* FROM (SELECT jsonb_populate_record(r, jsonb_build_object(
          'lane', (SELECT max(lane) + 1 FROM call_rollups), 'calls', 0, 'answered', 0, 'duration', 0, 'b_duration', 0,
          'answer_delay_ms', 0, 'answer_delay_calls', 0)) AS r FROM call_rollups AS r) AS lanes`,
    );
    await migrate(dataSource);
    expect(await rollupDifferences(ledger.database)).toEqual([]);
    expect((await ledger.get('/v1/tasks')).body).toEqual(tasks);
    const [groups] = await ledger.database.query<{ count: number }>(
      'SELECT count(*)::int FROM rollup_groups',
    );
    await ledger.push(calls(7));
    expect(await rollupDifferences(ledger.database)).toEqual([]);
    expect(await ledger.database.query('SELECT count(*)::int FROM rollup_groups')).toEqual([groups]);
  });

  it('makes the database unavailable for the version before, which then keeps pushes in its journal', async () => {
    const statement = `WITH rollups AS (INSERT INTO call_rollups AS r (bucket_start, source, lane) VALUES (now(), '', 0)
        ON CONFLICT (bucket_start, source, lane) DO UPDATE SET lane = 0)
      INSERT INTO call_sums (bucket_start) VALUES (now())`;
    await expect(ledger.database.query(statement)).rejects.toMatchObject({ code: '42P01' });
  });
});
