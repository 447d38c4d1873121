import type { MigrationInterface, QueryRunner } from 'typeorm';

const IDENTIFIER = 'text COLLATE "C"';

/** Who did what. Whoever may write here can't change or delete what is written, short of taking the trigger away. */
export class CreateAuditEvents1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_events (
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        action ${IDENTIFIER} NOT NULL,
        key_id ${IDENTIFIER},
        key_name ${IDENTIFIER},
        remote_address ${IDENTIFIER},
        request_id ${IDENTIFIER},
        detail jsonb NOT NULL,
        rows bigint,
        CONSTRAINT audit_events_pkey PRIMARY KEY (id))`);
    await runner.query('CREATE INDEX audit_events_action ON audit_events (action, id)');
    await runner.query('CREATE INDEX audit_events_key ON audit_events (key_id, id)');
    await runner.query(`
      CREATE FUNCTION refuse_change_of_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_events()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_events');
    await runner.query('DROP FUNCTION refuse_change_of_audit_events()');
  }
}
