import { afterEach, beforeEach, expect, it } from 'vitest';
import { Client, type QueryResultRow } from 'pg';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { RollupBoundsRepository } from '../../src/ingestion/writing/rollup-bounds.repository.js';
import { RollupRepository } from '../../src/ingestion/writing/rollup.repository.js';
import type { RollupDelta } from '../../src/ingestion/writing/rollup-deltas.js';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import type { Statement, Transaction } from '../../src/persistence/connections/statement.js';
import { ClusterNodes } from '../../src/persistence/schema/distribution/cluster-nodes.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';

const LAST = '2025-06-01T01:55:00.000Z';
const LATER = '2025-06-01T01:58:00.000Z';

let ledger: TestLedger;
let renewing: Client;
let adding: Client;

beforeEach(async () => {
  ledger = await startLedger();
  renewing = new Client({ connectionString: ledger.database.url });
  adding = new Client({ connectionString: ledger.database.url });
  await Promise.all([renewing.connect(), adding.connect()]);
});
afterEach(async () => {
  await Promise.all([renewing.end(), adding.end()]);
  await ledger.stop();
});

it.each(['set-rollup-bounds', 'set-campaign-bounds'])(
  'At %s, the first and last times that are found anew do not overwrite those of a lane that another writer adds meanwhile',
  async (worst) => {
    await ledger.push([record('first', { originateTime: '2025-06-01 09:50:00', startTime: '' })]);
    await ledger.push([record('last', { originateTime: '2025-06-01 09:55:00', startTime: '' })]);

    await adding.query('BEGIN');
    await adding.query(
      `CREATE TEMP TABLE another AS SELECT * FROM calls WHERE call_id = 'first';
     UPDATE another SET call_id = 'later', occurred_at = '${LATER}';
     INSERT INTO calls SELECT * FROM another;
     CREATE TEMP TABLE lane AS SELECT * FROM rollups LIMIT 1;
     UPDATE lane SET lane = 99, calls = 1, answered = answered / 2, duration = duration / 2, b_duration = b_duration / 2,
       first_occurred_at = '${LATER}', last_occurred_at = '${LATER}';
     INSERT INTO rollups SELECT * FROM lane;
     INSERT INTO rollup_sums SELECT bucket_start, 'vendor', lane, calls, answered, duration, b_duration, answer_delay_ms,
       answer_delay_calls FROM lane;
     INSERT INTO campaign_totals SELECT 'task-1', 'batch-1', 'vendor', lane, calls, answered, duration, first_occurred_at,
       last_occurred_at FROM lane`,
    );
    await renewing.query('BEGIN');
    const { rows } = await renewing.query<{ answered: boolean }>(
      `DELETE FROM calls WHERE call_id = 'last' RETURNING answered`,
    );
    const { rows: lanes } = await renewing.query<{ lane: number }>('SELECT lane FROM rollups');
    const { manager } = new DataSource(dataSourceOptions(ledger.database.url, 1, () => undefined));
    const transaction: Transaction = {
      manager,
      query: async <Row extends QueryResultRow>(statement: Statement) => {
        // The worst moment: the times have been found and are about to be set.
        if (statement.name === worst) await adding.query('COMMIT');
        return renewing.query<Row>({ ...statement });
      },
      eachText: () => Promise.reject(new Error('is not used here')),
    };
    const gone = withoutLast(rows[0]?.answered === true ? -1 : 0);
    const nodes = new ClusterNodes({ distributed: process.env['DATABASE_DISTRIBUTED'] === 'citus' });
    await new RollupRepository(new RollupBoundsRepository(nodes)).add(
      transaction,
      [gone],
      lanes[0]?.lane ?? 0,
    );
    await renewing.query('COMMIT');

    expect(await rollupDifferences(ledger.database)).toEqual([]);
    const bounds = await ledger.database.query('SELECT max(last_occurred_at) AS last FROM call_rollups');
    expect(bounds).toEqual([{ last: new Date(LATER) }]);
    const [task] = await ledger.database.query('SELECT max(last_occurred_at) AS last FROM campaign_totals');
    expect(task).toEqual({ last: new Date(LATER) });
  },
);

function withoutLast(answered: number): RollupDelta {
  return {
    bucketStart: Date.parse('2025-06-01T01:45:00.000Z'),
    source: 'vendor',
    taskId: 'task-1',
    batchId: 'batch-1',
    statusCode: '200000',
    smartStatusCode: 'ANSWERED',
    hangupDirection: 'User',
    majorIntent: '',
    calls: -1,
    answered,
    duration: -330,
    bDuration: -320,
    answerDelayMs: 0,
    answerDelayCalls: 0,
    firstOccurredAt: null,
    lastOccurredAt: null,
    lostTimes: new Set([Date.parse(LAST)]),
  };
}
