import type { MigrationInterface, QueryRunner } from 'typeorm';

const SUMS = ['calls', 'answered', 'duration', 'b_duration', 'answer_delay_ms', 'answer_delay_calls'];

/** Sums of the rollups by quarter-hour and source alone. */
export class CreateCallSums1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE call_sums (
        bucket_start timestamptz NOT NULL,
        source text COLLATE "C" NOT NULL,
        lane smallint NOT NULL,
        ${SUMS.map((sum) => `${sum} bigint NOT NULL`).join(', ')},
        CONSTRAINT call_sums_pkey PRIMARY KEY (bucket_start, source, lane))`);
    // Whoever still runs the version before would write no sums: until here it waits.
    await runner.query('LOCK TABLE call_rollups IN SHARE MODE');
    await runner.query(`
      INSERT INTO call_sums (bucket_start, source, lane, ${SUMS.join(', ')})
      SELECT bucket_start, source, lane, ${SUMS.map((sum) => `sum(${sum})`).join(', ')}
      FROM call_rollups GROUP BY bucket_start, source, lane`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE call_sums');
  }
}
