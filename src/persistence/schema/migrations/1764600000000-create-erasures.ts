import type { MigrationInterface, QueryRunner } from 'typeorm';

const IDENTIFIER = 'text COLLATE "C"';

/** Jobs that erase a number, and the secret by which numbers are compared and sealed. */
export class CreateErasures1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE secrets (
      name ${IDENTIFIER} NOT NULL, value bytea NOT NULL, CONSTRAINT secrets_pkey PRIMARY KEY (name))`);
    await runner.query(`
      CREATE TABLE erasures (
        id uuid NOT NULL,
        status ${IDENTIFIER} NOT NULL,
        reason ${IDENTIFIER} NOT NULL,
        requested_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        number_hash bytea NOT NULL,
        sealed_number bytea,
        phase ${IDENTIFIER} NOT NULL,
        place ${IDENTIFIER},
        barrier bigint,
        again boolean NOT NULL,
        failures integer NOT NULL,
        problem ${IDENTIFIER},
        next_try_at timestamptz NOT NULL,
        calls bigint NOT NULL,
        revisions bigint NOT NULL,
        bodies bigint NOT NULL,
        quarantine_entries bigint NOT NULL,
        journal_entries bigint NOT NULL,
        schema_drift bigint NOT NULL,
        CONSTRAINT erasures_pkey PRIMARY KEY (id))`);
    // Every write of a delivery asks whether it was received before one of them.
    await runner.query('CREATE INDEX erasures_requested ON erasures (requested_at)');
    await runner.query("CREATE INDEX erasures_undone ON erasures (next_try_at) WHERE status <> 'done'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erasures, secrets');
  }
}
