// An initialized data source in, the ledger's schema at its newest out.
import type { DataSource } from 'typeorm';

/** One migrator at a time: processes that start together wait for the first one here. */
const MIGRATION_LOCK = '1129072709, 2';
const OLDEST_SERVER = 150_000;

/** The server can't hold the ledger, whatever is tried again. */
export class UnsuitableDatabaseError extends Error {}

/**
 * Brings the schema to its newest version. Safe with several processes starting at once.
 *
 * @returns the names of the migrations that were run now
 * @throws UnsuitableDatabaseError for a PostgreSQL older than 15
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  // A runner of its own holds the lock: a session's advisory lock goes with its connection.
  const runner = dataSource.createQueryRunner();
  try {
    const [version] = (await runner.query(
      "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name",
    )) as [{ number: number; name: string }];
    if (version.number < OLDEST_SERVER) {
      throw new UnsuitableDatabaseError(`PostgreSQL 15 or newer is needed; this server is ${version.name}`);
    }
    await runner.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    try {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map((migration) => migration.name);
    } finally {
      await runner.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`);
    }
  } finally {
    await runner.release();
  }
}
