import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an entry of the quarantine holds, and what became of it. */
export class ResolveQuarantine1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE quarantine
      ADD COLUMN records integer, ADD COLUMN resolved_at timestamptz, ADD COLUMN replayed_as uuid`);
    // Until now only the reason said how many records an entry holds, when it holds several.
    await runner.query(`UPDATE quarantine SET records = coalesce(substring(reason FROM '^(\\d+) more records')::integer, 1)
      WHERE sha256 IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE quarantine DROP COLUMN records, DROP COLUMN resolved_at, DROP COLUMN replayed_as',
    );
  }
}
