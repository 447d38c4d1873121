import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what records are compared that are written in another order than they were received in. */
export class LastReceipts1764900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls ADD COLUMN last_delivery_id uuid');
    // Of some kB for a million calls. PostgreSQL 16 and newer still move a row's receipt within its page, without touching any index.
    await runner.query(
      'CREATE INDEX calls_last_received ON calls USING brin (last_received_at) WITH (pages_per_range = 32, autosummarize = on)',
    );
    // A record that was received before its call was erased must not bring the call back.
    await runner.query('ALTER TABLE erased_calls ADD COLUMN requested_at timestamptz');
    // Erasures did not note when they were asked for. Each was told after that.
    await runner.query(`UPDATE erased_calls e SET requested_at = d.received_at FROM deliveries d
      WHERE d.id = e.delivery_id`);
    await runner.query('ALTER TABLE erased_calls ALTER COLUMN requested_at SET NOT NULL');
    await runner.query('CREATE INDEX erased_calls_call ON erased_calls (call_id)');
    // Of all contents that were erased: whoever was told one of them is told that the call is gone.
    await runner.query('ALTER TABLE erased_calls ADD COLUMN sources text[] COLLATE "C"');
    await runner.query('UPDATE erased_calls SET sources = ARRAY[source] WHERE source IS NOT NULL');
    await runner.query('ALTER TABLE erased_calls DROP COLUMN source');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erased_calls ADD COLUMN source text COLLATE "C"');
    await runner.query('UPDATE erased_calls SET source = sources[1]');
    await runner.query('ALTER TABLE erased_calls DROP COLUMN sources');
    await runner.query('DROP INDEX erased_calls_call');
    await runner.query('ALTER TABLE erased_calls DROP COLUMN requested_at');
    await runner.query('DROP INDEX calls_last_received');
    await runner.query('ALTER TABLE calls DROP COLUMN last_delivery_id');
  }
}
