import type { QueryRunner } from 'typeorm';
import { IDENTIFIER } from './create-ledger/identifier.js';
import {
  createConcurrently,
  exchangeBack,
  exchangeConcurrently,
  type IndexExchange,
  type NewIndex,
  type StepwiseMigration,
} from './index-steps.js';

const IDS = `call_id ${IDENTIFIER} NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    task_id ${IDENTIFIER},
    batch_id ${IDENTIFIER},
    detail_id ${IDENTIFIER},
    out_id ${IDENTIFIER}`;
const RECEIPTS = `first_received_at timestamptz NOT NULL,
    last_received_at timestamptz NOT NULL,
    delivery_id uuid NOT NULL,
    last_delivery_id uuid,
    revision integer NOT NULL,
    pulled boolean NOT NULL DEFAULT false`;
const REST = `content_hash bytea NOT NULL,
    extra jsonb,
    warnings jsonb`;

const STATEMENTS = [
  `CREATE TABLE call_notes (
    ${RECEIPTS},
    call_times integer,
    turns integer NOT NULL,
    ${IDS},
    major_intent ${IDENTIFIER},
    real_caller ${IDENTIFIER},
    output_tags jsonb,
    conversation_record jsonb,
    ${REST},
    CONSTRAINT call_notes_pkey PRIMARY KEY (call_id))`,
  'CREATE INDEX call_notes_intent ON call_notes (major_intent) WHERE major_intent IS NOT NULL',
  'CREATE INDEX call_notes_delivery ON call_notes (delivery_id)',
  `CREATE TABLE call_recordings (
    ${RECEIPTS},
    start_time timestamptz,
    end_time timestamptz,
    announced_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    next_try_at timestamptz,
    bytes bigint,
    duration integer,
    tries integer NOT NULL,
    ${IDS},
    record_file ${IDENTIFIER},
    state ${IDENTIFIER} NOT NULL,
    reason ${IDENTIFIER},
    file ${IDENTIFIER},
    content_type ${IDENTIFIER},
    sha256 bytea,
    change_delivery_id uuid,
    ${REST},
    CONSTRAINT call_recordings_pkey PRIMARY KEY (call_id))`,
  'CREATE INDEX call_recordings_delivery ON call_recordings (delivery_id)',
  'CREATE INDEX call_recordings_due ON call_recordings (next_try_at) WHERE next_try_at IS NOT NULL',
  "CREATE INDEX call_recordings_kept ON call_recordings (announced_at) WHERE state = 'kept'",
  `CREATE TABLE removed_files (
    file ${IDENTIFIER} NOT NULL,
    not_before timestamptz NOT NULL,
    CONSTRAINT removed_files_pkey PRIMARY KEY (file))`,
  `CREATE TABLE message_revisions (
    call_id ${IDENTIFIER} NOT NULL,
    message ${IDENTIFIER} NOT NULL,
    delivery_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    revision integer,
    content jsonb NOT NULL,
    CONSTRAINT message_revisions_pkey PRIMARY KEY (call_id, message, delivery_id))`,
  // Null means a report, and takes no room.
  `ALTER TABLE quarantine ADD COLUMN expects ${IDENTIFIER}`,
];

const viewWith = (
  intent: string,
) => `CREATE VIEW call_rollups AS SELECT bucket_start, source, task_id, batch_id, status_code,
  smart_status_code, hangup_direction, ${intent}lane, calls::bigint, answered::bigint, duration, b_duration,
  answer_delay_ms, answer_delay_calls::bigint, first_occurred_at, last_occurred_at
  FROM rollups JOIN rollup_groups USING (group_id)`;
const INTENTS = [
  `ALTER TABLE rollup_groups ADD COLUMN major_intent ${IDENTIFIER} NOT NULL DEFAULT ''`,
  'DROP VIEW call_rollups',
  viewWith('major_intent, '),
];

/** Few calls have it set, and only these are in the index. */
const MOVED_CALLS: NewIndex = {
  name: 'calls_changed',
  definition: 'ON calls (change_delivery_id) WHERE change_delivery_id IS NOT NULL',
};
const DELIVERIES: readonly IndexExchange[] = [
  {
    name: 'deliveries_told',
    definition:
      "ON deliveries (position) WHERE stored > 0 OR corrected > 0 OR via IN ('erasure', 'recording')",
    replaces: 'deliveries_changes',
    replacedDefinition: "ON deliveries (position) WHERE stored > 0 OR corrected > 0 OR via = 'erasure'",
  },
];

/** The tables of the vendor's notes and recordings, the intents in the statistics, and the places of calls in the feed. */
export class CreateMessages1770000000000 implements StepwiseMigration {
  async before(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls ADD COLUMN IF NOT EXISTS change_delivery_id uuid');
    await createConcurrently(runner, [MOVED_CALLS]);
    await exchangeConcurrently(runner, DELIVERIES);
  }

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...STATEMENTS, ...INTENTS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW call_rollups');
    await runner.query('ALTER TABLE rollup_groups DROP COLUMN major_intent');
    await runner.query(viewWith(''));
    await runner.query('DROP TABLE message_revisions');
    await runner.query('DROP TABLE removed_files');
    await runner.query('DROP TABLE call_recordings');
    await runner.query('DROP TABLE call_notes');
    await runner.query('ALTER TABLE quarantine DROP COLUMN expects');
    await exchangeBack(runner, DELIVERIES);
    await runner.query('ALTER TABLE calls DROP COLUMN change_delivery_id');
  }
}
