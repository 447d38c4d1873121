// An initialized data source in, the ledger's schema at its newest out.
import type { Client } from 'pg';
import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import type { Distribution } from '../../config/settings.js';
import { LEDGER_LOCKS, MIGRATION_LOCK } from './advisory-locks.js';
import { clientOf } from '../connections/clients.js';
import { CreateLedger1766000000000 } from './migrations/1766000000000-create-ledger.js';
import { distribute } from './distribution/distribute.js';
import { SchemaBehindError, UnsuitableDatabaseError } from '../connections/unavailable.js';

/** One migrator at a time: processes that start together wait for the first one here. */
const LOCK = `${LEDGER_LOCKS}, ${MIGRATION_LOCK}`;
const OLDEST_SERVER = 150_000;

/**
 * Brings the schema to its newest version. Safe with several processes starting at once. When it is there already, a role
 * that may change nothing about it will do.
 *
 * @param distribution by what the calls are to be spread over several servers, unless they are already
 * @returns the names of what was done now
 * @throws UnsuitableDatabaseError for a PostgreSQL older than 15, one without the extension that is to spread the calls, or a
 * database with tables of something else
 * @throws SchemaBehindError
 */
export async function migrate(dataSource: DataSource, distribution?: Distribution): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  let client: Client | undefined;
  try {
    client = clientOf(await runner.connect());
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
      const name = await alone(runner, () => migrateOnce(dataSource, runner));
      if (name === undefined) break;
      done.push(name);
    }
    if (distribution === undefined) return done;
    // A step of its own, and the last one: a ledger is distributed whenever somebody wishes, not at a version.
    return [...done, ...(await distribute(runner, (work) => alone(runner, work)))];
  } catch (error) {
    // Read-only, perhaps, or broken: the next try, and the pool, get another connection.
    await client?.end();
    throw error;
  } finally {
    await runner.release();
  }
}

/**
 * Works in a transaction that holds the lock: a session's lock would stay with whoever gets the session next from a pooler.
 */
async function alone<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  await runner.startTransaction();
  try {
    await runner.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
    await runner.query(`SELECT pg_advisory_xact_lock(${LOCK})`);
    const result = await work();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/**
 * Runs the first migration that is pending.
 *
 * @returns its name; undefined when none was pending
 */
async function migrateOnce(dataSource: DataSource, runner: QueryRunner): Promise<string | undefined> {
  const executor = new MigrationExecutor(dataSource, runner);
  const pending = await executor.getPendingMigrations();
  const [first] = pending;
  if (first === undefined) return undefined;
  if (first.name === CreateLedger1766000000000.name) await refuseOlderLedger(runner);
  // Asked first, because TypeORM tries to make its own table of migrations whatever is pending.
  await refuseWithoutRights(
    runner,
    pending.map(({ name }) => name),
  );
  await executor.executeMigration(first);
  return first.name;
}

/** Before the first release, the schema was made by other migrations. */
async function refuseOlderLedger(runner: QueryRunner): Promise<void> {
  const [found] = (await runner.query(`SELECT to_regclass('calls') IS NOT NULL AS exists`)) as [
    { exists: boolean },
  ];
  if (!found.exists) return;
  throw new UnsuitableDatabaseError(
    'the database has a table calls that this version did not make: it belongs to something else, or to a version of ' +
      'Call Ledger from before the first release. Use another database, or another DATA_DIR',
  );
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
