// Calls are deleted (an erasure, a retention) while corrections of them are being written.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { lockSlots } from '../../src/ingestion/writing/lock-slots.js';
import { CALL_LOCKS } from '../../src/persistence/advisory-locks.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

let ledger: TestLedger;
let deleter: Client;

beforeAll(async () => {
  ledger = await startLedger();
  deleter = new Client({ connectionString: ledger.database.url });
  await deleter.connect();
});
afterAll(async () => {
  await deleter.end();
  await ledger.stop();
});

/** Deletes calls under their locks, once `meanwhile` has led a writer to wait for these. */
async function deleteWhile(callIds: readonly string[], meanwhile: () => Promise<unknown>): Promise<void> {
  await deleter.query('BEGIN');
  await deleter.query('SELECT pg_advisory_xact_lock($1, slot) FROM unnest($2::integer[]) AS t(slot)', [
    CALL_LOCKS,
    lockSlots(callIds),
  ]);
  const work = meanwhile();
  await until('a writer that waits', async () => {
    const waiting = await ledger.database.query(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = ${CALL_LOCKS}`,
    );
    return waiting.length > 0;
  });
  await deleter.query('DELETE FROM calls WHERE call_id = ANY($1)', [callIds]);
  await deleter.query('COMMIT');
  await work;
}

it('A correction whose call is deleted before it gets the lock is written as a new call', async () => {
  await ledger.push([record('gone'), record('stays')]);
  await deleteWhile(['gone'], async () => {
    const corrections = [record('gone', { duration: 1 }), record('stays', { duration: 1 }), record('new')];
    expect((await ledger.push(corrections)).status).toBe(200);
  });
  const calls = await ledger.database.query('SELECT call_id, duration, revision FROM calls ORDER BY call_id');
  expect(calls).toEqual([
    { call_id: 'gone', duration: 1, revision: 1 },
    { call_id: 'new', duration: 330, revision: 1 },
    { call_id: 'stays', duration: 1, revision: 2 },
  ]);
  const [delivery] = await ledger.database.query(
    'SELECT records, stored, corrected, duplicate FROM deliveries ORDER BY position DESC LIMIT 1',
  );
  expect(delivery).toEqual({ records: 3, stored: 2, corrected: 1, duplicate: 0 });
});
