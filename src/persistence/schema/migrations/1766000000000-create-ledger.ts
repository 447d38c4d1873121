import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACCESS } from './create-ledger/access.js';
import { CALLS, ROLLUPS } from './create-ledger/calls.js';
import { DELIVERIES } from './create-ledger/deliveries.js';

/** The schema of the first release. Every later change is a migration of its own. */
export class CreateLedger1766000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...CALLS, ...ROLLUPS, ...DELIVERIES, ...ACCESS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE leases, erasures, secrets, audit_events, api_keys, schema_drift, quarantine,
      delivery_bodies, deliveries, call_sums, call_rollups, erased_calls, call_revisions, calls, batches, tasks`);
    await runner.query('DROP FUNCTION next_delivery_position(), refuse_change_of_audit_events()');
    await runner.query('DROP SEQUENCE delivery_positions');
  }
}
