// An initialized data source in, the ledger's schema at its newest out.
import type { PoolClient } from 'pg';
import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { LEDGER_LOCKS, MIGRATION_LOCK } from './advisory-locks.js';

/** One migrator at a time: processes that start together wait for the first one here. */
const LOCK = `${LEDGER_LOCKS}, ${MIGRATION_LOCK}`;
const OLDEST_SERVER = 150_000;

/** The server can't hold the ledger, whatever is tried again. */
export class UnsuitableDatabaseError extends Error {}

/** The schema is not at its newest, and this role may not bring it there. Another one may do so at any time. */
export class SchemaBehindError extends Error {}

/**
 * Brings the schema to its newest version. Safe with several processes starting at once. When it is there already, a role
 * that may change nothing about it will do.
 *
 * @returns the names of the migrations that were run now
 * @throws UnsuitableDatabaseError for a PostgreSQL older than 15
 * @throws SchemaBehindError
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  let client: PoolClient | undefined;
  try {
    client = (await runner.connect()) as PoolClient;
    const [version] = (await runner.query(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS name,
        current_setting('server_encoding') AS encoding`,
    )) as [{ number: number; name: string; encoding: string }];
    if (version.number < OLDEST_SERVER) {
      throw new UnsuitableDatabaseError(`PostgreSQL 15 or newer is needed; this server is ${version.name}`);
    }
    if (version.encoding !== 'UTF8') {
      throw new UnsuitableDatabaseError(`a database in UTF8 is needed; this one is in ${version.encoding}`);
    }
    const done: string[] = [];
    for (;;) {
      const name = await migrateOnce(dataSource, runner);
      if (name === undefined) return done;
      done.push(name);
    }
  } catch (error) {
    // Read-only, perhaps, or broken: the next try, and the pool, get another connection.
    await client?.end();
    throw error;
  } finally {
    await runner.release();
  }
}

/**
 * Runs the first migration that is pending, in a transaction that holds the lock: a session's lock would stay with whoever gets
 * the session next from a pooler.
 *
 * @returns its name; undefined when none was pending
 */
async function migrateOnce(dataSource: DataSource, runner: QueryRunner): Promise<string | undefined> {
  await runner.startTransaction();
  try {
    await runner.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
    await runner.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    const executor = new MigrationExecutor(dataSource, runner);
    const pending = await executor.getPendingMigrations();
    const [first] = pending;
    if (first !== undefined) {
      // Asked first, because TypeORM tries to make its own table of migrations whatever is pending.
      await refuseWithoutRights(
        runner,
        pending.map(({ name }) => name),
      );
      await executor.executeMigration(first);
    }
    await runner.commitTransaction();
    return first?.name;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

async function refuseWithoutRights(runner: QueryRunner, pending: readonly string[]): Promise<void> {
  const [rights] = (await runner.query(
    `SELECT current_user AS role, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS enough`,
  )) as [{ role: string; enough: boolean }];
  if (rights.enough) return;
  throw new SchemaBehindError(
    `the schema lacks ${pending.join(', ')}, and the role ${rights.role} may not change it: ` +
      `run "npm run migrate -- --grant-to ${rights.role}" with the DATABASE_URL of the role that owns the tables`,
  );
}
