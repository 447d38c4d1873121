import type { MigrationInterface, QueryRunner } from 'typeorm';
import { IDENTIFIER } from './create-ledger/identifier.js';

/** What the comparison with the vendor's query API finds, and the calls that it brings. */
export class AddCompleteness1769000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE completeness_runs, completeness_missing, completeness_tasks');
    await runner.query('ALTER TABLE calls DROP COLUMN pulled');
  }
}

const UP = [
  // PostgreSQL keeps the default of an added column once, so no row is written again.
  'ALTER TABLE calls ADD COLUMN pulled boolean NOT NULL DEFAULT false',
  `CREATE TABLE completeness_tasks (
    task_id ${IDENTIFIER} NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    verdict ${IDENTIFIER} NOT NULL,
    reason ${IDENTIFIER} NOT NULL,
    checked_at timestamptz NOT NULL,
    vendor_calls bigint,
    ledger_calls bigint NOT NULL,
    vendor_entries bigint,
    ledger_entries bigint,
    missing bigint NOT NULL,
    facts ${IDENTIFIER},
    zone_offset_ms bigint,
    zone_calls integer,
    zone_received_at timestamptz,
    CONSTRAINT completeness_tasks_pkey PRIMARY KEY (task_id))`,
  `CREATE TABLE completeness_missing (
    task_id ${IDENTIFIER} NOT NULL,
    detail_id ${IDENTIFIER} NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    call_id ${IDENTIFIER},
    out_id ${IDENTIFIER},
    calling_time timestamptz,
    state ${IDENTIFIER} NOT NULL,
    reason ${IDENTIFIER},
    changed_at timestamptz NOT NULL,
    CONSTRAINT completeness_missing_pkey PRIMARY KEY (task_id, detail_id))`,
  // Retention walks it by the time of the last change.
  'CREATE INDEX completeness_missing_changed ON completeness_missing (changed_at)',
  `CREATE TABLE completeness_runs (
    id uuid NOT NULL,
    kind ${IDENTIFIER} NOT NULL,
    scope ${IDENTIFIER} NOT NULL,
    task_id ${IDENTIFIER},
    automatic boolean NOT NULL,
    dry_run boolean NOT NULL,
    status ${IDENTIFIER} NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    next_try_at timestamptz NOT NULL,
    failures integer NOT NULL,
    problem ${IDENTIFIER},
    tasks integer,
    tasks_done integer NOT NULL,
    last_task ${IDENTIFIER},
    current_task ${IDENTIFIER},
    place ${IDENTIFIER},
    examined integer NOT NULL,
    repairable integer NOT NULL,
    repaired integer NOT NULL,
    unrepairable integer NOT NULL,
    CONSTRAINT completeness_runs_pkey PRIMARY KEY (id))`,
  "CREATE INDEX completeness_runs_undone ON completeness_runs (id) WHERE status IN ('pending', 'running')",
];
