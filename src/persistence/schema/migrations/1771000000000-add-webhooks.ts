import type { MigrationInterface, QueryRunner } from 'typeorm';
import { IDENTIFIER } from './create-ledger/identifier.js';

/** Those who follow the feed of changes: by asking for it (followers), or by being told (webhooks). */
export class AddWebhooks1771000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_attempts, webhooks, followers');
  }
}

const UP = [
  `CREATE TABLE followers (
    key_id ${IDENTIFIER} NOT NULL,
    name ${IDENTIFIER} NOT NULL,
    position bigint NOT NULL,
    call_id ${IDENTIFIER} NOT NULL,
    last_seen_at timestamptz NOT NULL,
    CONSTRAINT followers_pkey PRIMARY KEY (key_id, name))`,
  `CREATE TABLE webhooks (
    id uuid NOT NULL,
    name ${IDENTIFIER} NOT NULL,
    url ${IDENTIFIER} NOT NULL,
    events ${IDENTIFIER.replace('text', 'text[]')} NOT NULL,
    filter jsonb NOT NULL,
    fields ${IDENTIFIER.replace('text', 'text[]')},
    numbers ${IDENTIFIER} NOT NULL,
    max_changes integer NOT NULL,
    key_id ${IDENTIFIER} NOT NULL,
    sources ${IDENTIFIER.replace('text', 'text[]')},
    created_at timestamptz NOT NULL,
    state ${IDENTIFIER} NOT NULL,
    reason ${IDENTIFIER},
    sealed_with bytea NOT NULL,
    sealed_secret bytea NOT NULL,
    sealed_earlier bytea,
    earlier_until timestamptz,
    position bigint NOT NULL,
    call_id ${IDENTIFIER} NOT NULL,
    round integer NOT NULL,
    message_id uuid,
    message_hash bytea,
    message_at timestamptz,
    message_changes integer,
    message_position bigint,
    message_call_id ${IDENTIFIER},
    due_at timestamptz NOT NULL,
    holder uuid,
    held_until timestamptz,
    failures integer NOT NULL,
    failing_since timestamptz,
    last_success_at timestamptz,
    last_failure jsonb,
    CONSTRAINT webhooks_pkey PRIMARY KEY (id))`,
  // Processes look for webhooks that lag behind, and the metrics for those that lag the most.
  "CREATE INDEX webhooks_behind ON webhooks (position) WHERE state = 'active'",
  `CREATE TABLE webhook_attempts (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    at timestamptz NOT NULL,
    message_id uuid NOT NULL,
    changes integer NOT NULL,
    duration_ms integer NOT NULL,
    status integer,
    answer ${IDENTIFIER},
    problem ${IDENTIFIER},
    CONSTRAINT webhook_attempts_pkey PRIMARY KEY (id))`,
  'CREATE INDEX webhook_attempts_webhook ON webhook_attempts (webhook_id, id)',
];
