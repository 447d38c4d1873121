import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who does what only one process may do at a time. A row, no session's lock: that would not work through PgBouncer. */
export class CreateLeases1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE leases (
        name text COLLATE "C" NOT NULL,
        holder uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT leases_pkey PRIMARY KEY (name))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leases');
  }
}
