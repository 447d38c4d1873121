import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record } from '../support/records.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { rollupDifferences } from '../support/rollups.js';

const ROUNDS = 12;
const DELIVERIES = 16;
const CALLS = 40;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

function shuffled<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** The same calls in another order; a third of them with other content, moved to other rollup rows. */
function conflicting(round: number, delivery: number): Record<string, unknown>[] {
  const callIds = Array.from({ length: CALLS }, (_, index) => `round-${round}-call-${index}`);
  return shuffled(callIds).map((callId, index) =>
    record(callId, {
      taskId: `task-${round % 3}`,
      ...(index % 3 === 0 && {
        duration: delivery,
        statusCode: `20000${delivery % 5}`,
        originateTime: `2025-06-01 ${String(delivery).padStart(2, '0')}:00:0${index % 10}`,
      }),
    }),
  );
}

describe('Deliveries of the same calls at once, in different orders, with different content', () => {
  it('leave one row a call, rollups equal to the rows, a whole history, and never a deadlock', async () => {
    const before = await deadlocks();
    for (let round = 0; round < ROUNDS; round += 1) {
      const pushes = Array.from({ length: DELIVERIES }, (_, delivery) =>
        ledger.push(conflicting(round, delivery)),
      );
      const answers = await Promise.all(pushes);
      expect(answers.map(({ status }) => status)).toEqual(pushes.map(() => 200));
    }
    const [counts] = await ledger.database.query<{ calls: string; ids: string }>(
      'SELECT count(*) AS calls, count(DISTINCT call_id) AS ids FROM calls',
    );
    expect(counts).toEqual({ calls: String(ROUNDS * CALLS), ids: String(ROUNDS * CALLS) });
    expect(await rollupDifferences(ledger.database)).toEqual([]);
    expect(await unexplainedDeliveries()).toEqual([]);
    expect(await lostRevisions()).toEqual([]);
    expect(await deadlocks()).toBe(before);
  });
});

async function deadlocks(): Promise<string | undefined> {
  // Counters of a backend are published when it is idle for a moment; asking twice lets them settle.
  await ledger.database.query('SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
  const [row] = await ledger.database.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return row?.deadlocks;
}

/** Deliveries whose records are not all accounted for. */
function unexplainedDeliveries(): Promise<unknown[]> {
  return ledger.database.query(
    'SELECT id FROM deliveries WHERE records <> stored + corrected + duplicate + quarantined',
  );
}

/** Calls whose revision is not one more than the number of contents that were replaced. */
function lostRevisions(): Promise<unknown[]> {
  return ledger.database.query(`
    SELECT c.call_id FROM calls c LEFT JOIN call_revisions r ON r.call_id = c.call_id AND r.revision IS NOT NULL
    GROUP BY c.call_id, c.revision HAVING c.revision <> count(r.*) + 1`);
}
