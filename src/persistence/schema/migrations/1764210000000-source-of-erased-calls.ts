import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose calls were erased: the feed tells them to those only who were told the calls. */
export class SourceOfErasedCalls1764210000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erased_calls ADD COLUMN source text COLLATE "C"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erased_calls DROP COLUMN source');
  }
}
