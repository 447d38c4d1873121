import { IDENTIFIER } from './identifier.js';

/** API keys, the audit, erasures, and leases. */
export const ACCESS = [
  `CREATE TABLE api_keys (
    id uuid NOT NULL,
    name ${IDENTIFIER} NOT NULL,
    scopes text[] COLLATE "C" NOT NULL,
    sources text[] COLLATE "C",
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    created_by ${IDENTIFIER} NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id))`,
  `CREATE TABLE audit_events (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    action ${IDENTIFIER} NOT NULL,
    key_id ${IDENTIFIER},
    key_name ${IDENTIFIER},
    remote_address ${IDENTIFIER},
    request_id ${IDENTIFIER},
    detail jsonb NOT NULL,
    rows bigint,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id))`,
  'CREATE INDEX audit_events_action ON audit_events (action, id)',
  'CREATE INDEX audit_events_key ON audit_events (key_id, id)',
  // A role that may write here can change or delete nothing that is written, unless it removes the trigger.
  `CREATE FUNCTION refuse_change_of_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
    END $$`,
  `CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_events()`,
  `CREATE TABLE secrets (
    name ${IDENTIFIER} NOT NULL,
    value bytea NOT NULL,
    CONSTRAINT secrets_pkey PRIMARY KEY (name))`,
  `CREATE TABLE erasures (
    id uuid NOT NULL,
    status ${IDENTIFIER} NOT NULL,
    reason ${IDENTIFIER} NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    number_hash bytea NOT NULL,
    sealed_number bytea,
    phase ${IDENTIFIER} NOT NULL,
    place ${IDENTIFIER},
    barrier bigint,
    again boolean NOT NULL,
    failures integer NOT NULL,
    problem ${IDENTIFIER},
    next_try_at timestamptz NOT NULL,
    calls bigint NOT NULL,
    revisions bigint NOT NULL,
    bodies bigint NOT NULL,
    quarantine_entries bigint NOT NULL,
    journal_entries bigint NOT NULL,
    schema_drift bigint NOT NULL,
    pass integer NOT NULL DEFAULT 1,
    found bigint NOT NULL DEFAULT 0,
    CONSTRAINT erasures_pkey PRIMARY KEY (id))`,
  // Every write of a delivery asks whether the delivery was received before one of these requests.
  'CREATE INDEX erasures_requested ON erasures (requested_at)',
  "CREATE INDEX erasures_undone ON erasures (next_try_at) WHERE status <> 'done'",
  // Work that only one process may do at a time. A row, not a session's lock, because that would not work through
  // PgBouncer.
  `CREATE TABLE leases (
    name ${IDENTIFIER} NOT NULL,
    holder uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT leases_pkey PRIMARY KEY (name))`,
];
