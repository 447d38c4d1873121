import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An erasure is done once a search of everything has found nothing. */
export class SearchErasuresAgain1765000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // With defaults: a process of the version before may take an erasure on.
    await runner.query('ALTER TABLE erasures ADD COLUMN pass integer NOT NULL DEFAULT 1');
    await runner.query('ALTER TABLE erasures ADD COLUMN found bigint NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasures DROP COLUMN pass, DROP COLUMN found');
  }
}
