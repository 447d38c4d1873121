import type { MigrationInterface, QueryRunner } from 'typeorm';
import { IDENTIFIER } from './create-ledger/identifier.js';

const STATEMENTS = [
  `CREATE TABLE sessions (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    checked_at timestamptz NOT NULL,
    ended_at timestamptz,
    secret_hash bytea NOT NULL,
    subject ${IDENTIFIER} NOT NULL,
    name ${IDENTIFIER} NOT NULL,
    roles text[] COLLATE "C" NOT NULL,
    remote_address ${IDENTIFIER},
    end_reason ${IDENTIFIER},
    refresh_token bytea,
    CONSTRAINT sessions_pkey PRIMARY KEY (id))`,
  'CREATE INDEX sessions_due ON sessions (checked_at) WHERE ended_at IS NULL',
  `CREATE TABLE labels (
    task_id ${IDENTIFIER} NOT NULL,
    batch_id ${IDENTIFIER} NOT NULL,
    name ${IDENTIFIER},
    note ${IDENTIFIER},
    vendor_name ${IDENTIFIER},
    changed_at timestamptz NOT NULL,
    CONSTRAINT labels_pkey PRIMARY KEY (task_id, batch_id))`,
];

/** The sessions of people, and the names of tasks and batches. */
export class CreatePeople1772000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE labels, sessions');
  }
}
