import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the change feed needs beside the calls: which calls were erased, and which deliveries changed anything. */
export class CreateChangeFeed1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE erased_calls (
        delivery_id uuid NOT NULL,
        call_id text COLLATE "C" NOT NULL,
        CONSTRAINT erased_calls_pkey PRIMARY KEY (delivery_id, call_id))`);
    // Redeliveries and duplicates are never walked by the feed, however many there are.
    await runner.query(`
      CREATE INDEX deliveries_changes ON deliveries (position)
        WHERE stored > 0 OR corrected > 0 OR via = 'erasure'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX deliveries_changes');
    await runner.query('DROP TABLE erased_calls');
  }
}
