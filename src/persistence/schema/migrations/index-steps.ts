// Exchanges indexes while pushes go on. PostgreSQL refuses that within a transaction, and each step may be interrupted.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { clientOf } from '../../connections/clients.js';
import { withoutTimeOuts } from '../../connections/session.js';

/** A migration with work that comes before its transaction. */
export interface StepwiseMigration extends MigrationInterface {
  /** Does the work, or the rest of it. It is called again if the process ended in the middle. */
  before(runner: QueryRunner): Promise<void>;
}

export function isStepwise(migration: MigrationInterface): migration is StepwiseMigration {
  return 'before' in migration && typeof migration.before === 'function';
}

export interface NewIndex {
  readonly name: string;
  /** What follows after `CREATE INDEX name`. */
  readonly definition: string;
}

/** An index, and the one in whose place it comes. */
export interface IndexExchange extends NewIndex {
  readonly replaces: string;
  readonly replacedDefinition: string;
}

/** Makes indexes. One that was begun and not finished is made anew. */
export async function createConcurrently(runner: QueryRunner, indexes: readonly NewIndex[]): Promise<void> {
  await withoutTimeOuts(clientOf(await runner.connect()), async () => {
    for (const { name, definition } of indexes) {
      const [found] = (await runner.query(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass('${name}')`,
      )) as { valid: boolean }[];
      if (found?.valid === true) continue;
      if (found !== undefined) await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY ${name} ${definition}`);
    }
  });
}

/** Makes the new indexes, then drops those that they replace. */
export async function exchangeConcurrently(
  runner: QueryRunner,
  exchanges: readonly IndexExchange[],
): Promise<void> {
  await createConcurrently(runner, exchanges);
  await withoutTimeOuts(clientOf(await runner.connect()), async () => {
    for (const { replaces } of exchanges) {
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${replaces}`);
    }
  });
}

/** Puts the old indexes back, within a transaction. */
export async function exchangeBack(runner: QueryRunner, exchanges: readonly IndexExchange[]): Promise<void> {
  for (const { name, replaces, replacedDefinition } of exchanges) {
    await runner.query(`CREATE INDEX ${replaces} ${replacedDefinition}`);
    await runner.query(`DROP INDEX ${name}`);
  }
}
