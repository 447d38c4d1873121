// Calls by the ten thousands, past the service: more bytes than all buffers between it and its client hold.
import type { TestDatabase } from '../../support/database.js';

/** Fills the ledger with made-up calls, one a second, of some 6 kB each, which gzip makes some 3. */
export async function insertCalls(database: TestDatabase, count: number): Promise<void> {
  await database.query(
    `INSERT INTO calls (call_id, occurred_at, originate_time, source, task_id, callee, status_msg, answered, duration,
       revision, first_received_at, last_received_at, delivery_id, content_hash)
     SELECT 'many-' || i, at, at, 'vendor', 'many', '13900000000', (SELECT string_agg(md5((i * n)::text), '') FROM generate_series(1, 170) n), true, i, 1, at, at,
       gen_random_uuid(), ''
     FROM (SELECT i, timestamptz '2025-06-01 00:00:00Z' + i * interval '1 s' AS at FROM generate_series(1, $1::int) i) AS g`,
    [count],
  );
}

/** The states of the exports' connections, as PostgreSQL sees them; a server may let workers of its own help each of them. */
export async function exportSessions(database: TestDatabase): Promise<(string | null)[]> {
  const rows = await database.query<{ wait_event: string | null }>(
    `SELECT wait_event FROM pg_stat_activity
     WHERE application_name LIKE 'call-ledger export %' AND datname = current_database()
       AND backend_type = 'client backend'`,
  );
  return rows.map(({ wait_event }) => wait_event);
}

/** Ends the sessions of the exports, as an operator or a failover would. */
export async function terminateExports(database: TestDatabase): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name LIKE 'call-ledger export %' AND datname = current_database()
       AND backend_type = 'client backend'`,
  );
}
