import type { MigrationInterface, QueryRunner } from 'typeorm';
import { IDENTIFIER } from './create-ledger/identifier.js';
import { ROLLUPS, SUMS } from './create-ledger/calls.js';

const DIMENSIONS = 'source, task_id, batch_id, status_code, smart_status_code, hangup_direction';
const ENDS = 'min(first_occurred_at), max(last_occurred_at)';

/** SQL for the key of a group. RollupRepository computes the same. No text of the ledger has the byte 0. */
const KEY = `encode(substring(sha256(${DIMENSIONS.split(', ')
  .map((name) => `convert_to(${name}, 'UTF8')`)
  .join(` || '\\x00'::bytea || `)}) FOR 16), 'hex')::uuid`;

const TABLES = [
  'CREATE SEQUENCE rollup_group_ids AS integer',
  `CREATE TABLE rollup_groups (
    group_id integer NOT NULL,
    key uuid NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    task_id ${IDENTIFIER} NOT NULL,
    batch_id ${IDENTIFIER} NOT NULL,
    status_code ${IDENTIFIER} NOT NULL,
    smart_status_code ${IDENTIFIER} NOT NULL,
    hangup_direction ${IDENTIFIER} NOT NULL,
    CONSTRAINT rollup_groups_pkey PRIMARY KEY (group_id))`,
  'CREATE UNIQUE INDEX rollup_groups_key ON rollup_groups (key)',
  'CREATE INDEX rollup_groups_task ON rollup_groups (task_id, batch_id)',
  // Fixed-width columns, the widest first, so that there is no padding between them.
  `CREATE TABLE rollups (
    bucket_start timestamptz NOT NULL,
    duration bigint NOT NULL,
    b_duration bigint NOT NULL,
    answer_delay_ms bigint NOT NULL,
    first_occurred_at timestamptz,
    last_occurred_at timestamptz,
    group_id integer NOT NULL,
    calls integer NOT NULL,
    answered integer NOT NULL,
    answer_delay_calls integer NOT NULL,
    lane smallint NOT NULL,
    CONSTRAINT rollups_pkey PRIMARY KEY (group_id, bucket_start, lane))`,
  // Its equal keys take 6 bytes each.
  'CREATE INDEX rollups_bucket ON rollups (bucket_start)',
  `CREATE TABLE rollup_sums (
    bucket_start timestamptz NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    lane smallint NOT NULL,
    ${SUMS},
    CONSTRAINT rollup_sums_pkey PRIMARY KEY (bucket_start, source, lane))`,
  `CREATE TABLE campaign_totals (
    task_id ${IDENTIFIER} NOT NULL,
    batch_id ${IDENTIFIER} NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    lane smallint NOT NULL,
    calls bigint NOT NULL,
    answered bigint NOT NULL,
    duration bigint NOT NULL,
    first_occurred_at timestamptz,
    last_occurred_at timestamptz,
    CONSTRAINT campaign_totals_pkey PRIMARY KEY (task_id, batch_id, source, lane))`,
];

const ROWS = [
  `INSERT INTO rollup_groups (group_id, key, ${DIMENSIONS})
    SELECT nextval('rollup_group_ids'), ${KEY}, ${DIMENSIONS} FROM (SELECT DISTINCT ${DIMENSIONS} FROM call_rollups) AS g`,
  `INSERT INTO rollups (group_id, bucket_start, lane, calls, answered, duration, b_duration, answer_delay_ms,
      answer_delay_calls, first_occurred_at, last_occurred_at)
    SELECT group_id, bucket_start, 0, sum(calls), sum(answered), sum(duration), sum(b_duration), sum(answer_delay_ms),
      sum(answer_delay_calls), ${ENDS}
    FROM call_rollups JOIN rollup_groups USING (${DIMENSIONS}) GROUP BY group_id, bucket_start ORDER BY bucket_start, group_id`,
  `INSERT INTO rollup_sums
    SELECT bucket_start, source, 0, sum(calls), sum(answered), sum(duration), sum(b_duration), sum(answer_delay_ms),
      sum(answer_delay_calls) FROM call_sums GROUP BY bucket_start, source ORDER BY bucket_start`,
  `INSERT INTO campaign_totals
    SELECT task_id, batch_id, source, 0, sum(calls), sum(answered), sum(duration), ${ENDS}
    FROM call_rollups GROUP BY task_id, batch_id, source`,
];

/** The rollups with the names of their groups. It looks like the table that it replaces. */
const VIEW = `CREATE VIEW call_rollups AS SELECT bucket_start, ${DIMENSIONS}, lane, calls::bigint, answered::bigint, duration,
  b_duration, answer_delay_ms, answer_delay_calls::bigint, first_occurred_at, last_occurred_at
  FROM rollups JOIN rollup_groups USING (group_id)`;

/**
 * The names of a rollup stand once, in a group, and the totals of tasks and batches are kept. Processes of the version
 * before find no table `call_sums` any more, take the database for unavailable, and keep what is pushed in their
 * journals.
 */
export class RollupGroups1768000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Pushes wait here, or go to the journal, until the rows are copied.
    await runner.query('LOCK TABLE call_rollups, call_sums IN ACCESS EXCLUSIVE MODE');
    for (const statement of [...TABLES, ...ROWS]) await runner.query(statement);
    await runner.query('DROP TABLE call_rollups, call_sums');
    await runner.query(VIEW);
    for (const table of ['rollup_groups', 'rollups', 'rollup_sums', 'campaign_totals'])
      await runner.query(`ANALYZE ${table}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER VIEW call_rollups RENAME TO named_rollups');
    for (const statement of ROLLUPS) await runner.query(statement);
    await runner.query('INSERT INTO call_rollups TABLE named_rollups');
    await runner.query('INSERT INTO call_sums TABLE rollup_sums');
    await runner.query('DROP VIEW named_rollups');
    await runner.query('DROP TABLE campaign_totals, rollup_sums, rollups, rollup_groups');
    await runner.query('DROP SEQUENCE rollup_group_ids');
  }
}
