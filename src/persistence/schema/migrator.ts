import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { type DataSource, type Migration, MigrationExecutor, type QueryRunner } from 'typeorm';
import type { Distribution } from '../../config/settings.js';
import { LEDGER_LOCKS, MIGRATION_LOCK } from './advisory-locks.js';
import { clientOf } from '../connections/clients.js';
import { CreateLedger1766000000000 } from './migrations/1766000000000-create-ledger.js';
import { isStepwise } from './migrations/index-steps.js';
import { distribute } from './distribution/distribute.js';
import { SchemaBehindError, UnsuitableDatabaseError } from '../connections/unavailable.js';

/** Only one process migrates at a time. Processes that start together wait here for the first one. */
const LOCK = `${LEDGER_LOCKS}, ${MIGRATION_LOCK}`;
const LOCK_POLL_MS = 100;
const OLDEST_SERVER = 150_000;

/**
 * Brings the schema to its newest version. Several processes may call it at once. If nothing is pending, it needs no
 * right to change the schema.
 *
 * @param dataSource is initialized
 * @param distribution how to spread the calls over several servers; undefined leaves them where they are
 * @returns the names of the migrations that ran now
 * @throws UnsuitableDatabaseError if PostgreSQL is older than 15, the database is not in UTF8, or the extension that
 *   spreads the calls is missing, or the database holds tables of something else
 * @throws SchemaBehindError if migrations are pending and the role may not change the schema
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
      throw new UnsuitableDatabaseError(
        `PostgreSQL 15 or newer is needed; this server has version ${version.name}`,
      );
    }
    if (version.encoding !== 'UTF8') {
      throw new UnsuitableDatabaseError(
        `a database with the encoding UTF8 is needed; this one has ${version.encoding}`,
      );
    }
    const done: string[] = [];
    for (;;) {
      const name = await migrateOnce(dataSource, runner);
      if (name === undefined) break;
      done.push(name);
    }
    if (distribution === undefined) return done;
    // This is a separate last step, because an operator may distribute a ledger at any time, with any version.
    return [...done, ...(await distribute(runner, (work) => alone(runner, work)))];
  } catch (error) {
    // The connection may be read-only or broken. The next try, and the pool, get another one.
    await client?.end();
    throw error;
  } finally {
    await runner.release();
  }
}

/**
 * Runs work in a transaction that holds the lock. A session-level lock would stay in the session, which a pooler may
 * lend to another client next.
 */
async function alone<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  await beginAlone(runner);
  try {
    const result = await work();
    await runner.commitTransaction();
    return result;
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/**
 * Begins a transaction that holds the lock. It asks for the lock again and again instead of waiting for it: a statement
 * that waits holds a snapshot, and CREATE INDEX CONCURRENTLY waits for every older snapshot to end.
 */
async function beginAlone(runner: QueryRunner): Promise<void> {
  for (;;) {
    await runner.startTransaction();
    try {
      await runner.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
        SET LOCAL idle_in_transaction_session_timeout = 0`);
      const [lock] = (await runner.query(`SELECT pg_try_advisory_xact_lock(${LOCK}) AS taken`)) as [
        { taken: boolean },
      ];
      if (lock.taken) return;
      await runner.rollbackTransaction();
    } catch (error) {
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    }
    await wait(LOCK_POLL_MS);
  }
}

/**
 * Runs the first migration that is pending.
 *
 * @returns its name; undefined when none was pending
 */
async function migrateOnce(dataSource: DataSource, runner: QueryRunner): Promise<string | undefined> {
  // Steps that PostgreSQL refuses within a transaction run beside the one that holds the lock.
  const beside = dataSource.createQueryRunner();
  try {
    return await alone(runner, async () => {
      const [first] = await pendingMigrations(dataSource, runner);
      if (first?.instance === undefined) return undefined;
      if (isStepwise(first.instance)) await first.instance.before(beside);
      await new MigrationExecutor(dataSource, runner).executeMigration(first);
      return first.name;
    });
  } finally {
    await beside.release();
  }
}

/** @throws UnsuitableDatabaseError, SchemaBehindError */
async function pendingMigrations(dataSource: DataSource, runner: QueryRunner): Promise<Migration[]> {
  const pending = await new MigrationExecutor(dataSource, runner).getPendingMigrations();
  const [first] = pending;
  if (first === undefined) return pending;
  // The rights are checked first. TypeORM tries to create its own table of migrations in any case. And a role that may
  // not read that table yet, because the grants come after the last migration, sees every migration as pending.
  await refuseWithoutRights(
    runner,
    pending.map(({ name }) => name),
  );
  if (first.name === CreateLedger1766000000000.name) await refuseOlderLedger(runner);
  return pending;
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
    `SELECT current_user AS role, coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
      AND coalesce(has_table_privilege(to_regclass('migrations'), 'SELECT'), true) AS enough`,
  )) as [{ role: string; enough: boolean }];
  if (rights.enough) return;
  throw new SchemaBehindError(
    `the schema lacks ${pending.join(', ')}, and the role ${rights.role} may not change it: ` +
      `run "npm run migrate -- --grant-to ${rights.role}" with the DATABASE_URL of the role that owns the tables`,
  );
}
