import type { MigrationInterface, QueryRunner } from 'typeorm';

const IDENTIFIER = 'text COLLATE "C"';

/** What came otherwise than documented; and indexes for what is looked for because it is rare. */
export class SchemaDrift1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Rows are counted up with every push that brings such a record: room for the next version on the same page.
    await runner.query(`
      CREATE TABLE schema_drift (
        kind ${IDENTIFIER} NOT NULL,
        field ${IDENTIFIER} NOT NULL,
        value ${IDENTIFIER} NOT NULL,
        first_seen_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        count bigint NOT NULL,
        sample_delivery_id uuid NOT NULL,
        CONSTRAINT schema_drift_pkey PRIMARY KEY (kind, field, value)) WITH (fillfactor = 50)`);
    await runner.query(
      'CREATE INDEX schema_drift_first_seen ON schema_drift (first_seen_at, kind, field, value)',
    );
    await runner.query('CREATE INDEX deliveries_quarantined ON deliveries (id) WHERE quarantined > 0');
    await runner.query(
      'CREATE INDEX deliveries_redelivered ON deliveries (id) WHERE redelivery_of IS NOT NULL',
    );
    await runner.query(
      'CREATE INDEX calls_with_warnings ON calls (occurred_at, call_id) WHERE warnings IS NOT NULL',
    );
    await runner.query("CREATE INDEX deliveries_indirect ON deliveries (via, id) WHERE via <> 'direct'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP INDEX calls_with_warnings, deliveries_quarantined, deliveries_redelivered, deliveries_indirect',
    );
    await runner.query('DROP TABLE schema_drift');
  }
}
