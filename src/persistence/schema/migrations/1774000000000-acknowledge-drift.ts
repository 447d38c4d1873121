import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Schema drift that somebody has seen. */
export class AcknowledgeDrift1774000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE schema_drift ADD COLUMN acknowledged_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE schema_drift DROP COLUMN acknowledged_at');
  }
}
