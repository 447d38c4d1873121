import type { DataSource, MigrationInterface } from 'typeorm';
import { migrations } from '../../src/persistence/schema/migrations/migrations.js';

/** Makes the schema as it was before a migration. */
export async function undoTo(dataSource: DataSource, migration: new () => MigrationInterface): Promise<void> {
  const undone = migrations.slice(migrations.findIndex((each) => each === migration));
  for (let left = undone.length; left > 0; left -= 1) await dataSource.undoLastMigration();
}
