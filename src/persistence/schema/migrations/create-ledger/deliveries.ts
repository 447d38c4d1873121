import { IDENTIFIER } from './identifier.js';

/** Deliveries, their bodies, what could not be read of them, and what came otherwise than documented. */
export const DELIVERIES = [
  `CREATE TABLE deliveries (
    id uuid NOT NULL,
    position bigint NOT NULL,
    received_at timestamptz NOT NULL,
    redelivery_of uuid,
    bytes integer NOT NULL,
    records integer NOT NULL,
    stored integer NOT NULL,
    corrected integer NOT NULL,
    duplicate integer NOT NULL,
    quarantined integer NOT NULL,
    ack_ms real NOT NULL,
    source ${IDENTIFIER} NOT NULL,
    via ${IDENTIFIER} NOT NULL,
    remote_address ${IDENTIFIER},
    sha256 bytea NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (id))`,
  'CREATE UNIQUE INDEX deliveries_position ON deliveries (position)',
  'CREATE INDEX deliveries_body_hash ON deliveries (sha256, received_at)',
  'CREATE INDEX deliveries_quarantined ON deliveries (id) WHERE quarantined > 0',
  'CREATE INDEX deliveries_redelivered ON deliveries (id) WHERE redelivery_of IS NOT NULL',
  "CREATE INDEX deliveries_indirect ON deliveries (via, id) WHERE via <> 'direct'",
  // The feed never walks redeliveries and duplicates, however many there are.
  `CREATE INDEX deliveries_changes ON deliveries (position)
    WHERE stored > 0 OR corrected > 0 OR via = 'erasure'`,
  'CREATE SEQUENCE delivery_positions',
  // The lock is held until the transaction ends. A later position is therefore committed later, and a reader who has
  // seen a position has seen all before it.
  `CREATE FUNCTION next_delivery_position() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock(1129072709, 1);
      RETURN nextval('delivery_positions');
    END $$`,
  `CREATE TABLE delivery_bodies (
    delivery_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    encoding ${IDENTIFIER} NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT delivery_bodies_pkey PRIMARY KEY (delivery_id))`,
  // The service has compressed it already where that pays.
  'ALTER TABLE delivery_bodies ALTER COLUMN body SET STORAGE EXTERNAL',
  'CREATE INDEX delivery_bodies_received ON delivery_bodies (received_at)',
  `CREATE TABLE quarantine (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    resolved_at timestamptz,
    replayed_as uuid,
    records integer,
    source ${IDENTIFIER} NOT NULL,
    status ${IDENTIFIER} NOT NULL,
    place ${IDENTIFIER} NOT NULL,
    reason ${IDENTIFIER} NOT NULL,
    sha256 bytea,
    raw bytea NOT NULL,
    CONSTRAINT quarantine_pkey PRIMARY KEY (id))`,
  'CREATE INDEX quarantine_status ON quarantine (status, id)',
  'CREATE INDEX quarantine_delivery ON quarantine (delivery_id)',
  'CREATE UNIQUE INDEX quarantine_body_hash ON quarantine (sha256) WHERE sha256 IS NOT NULL',
  // Every push with such a record counts its row up: half of each page is left free for the next version of the row.
  `CREATE TABLE schema_drift (
    kind ${IDENTIFIER} NOT NULL,
    field ${IDENTIFIER} NOT NULL,
    value ${IDENTIFIER} NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    count bigint NOT NULL,
    sample_delivery_id uuid NOT NULL,
    CONSTRAINT schema_drift_pkey PRIMARY KEY (kind, field, value)) WITH (fillfactor = 50)`,
  'CREATE INDEX schema_drift_first_seen ON schema_drift (first_seen_at, kind, field, value)',
];
