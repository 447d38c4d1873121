import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** A key to the API. Revoked ones stay, so that the audit's events keep their names. */
@Entity('api_keys')
export class ApiKey {
  /** UUIDv7; a part of the key's text. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column({ type: 'text', collation: 'C', array: true })
  scopes!: string[];

  /** The sources that it is limited to; null: none. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  sources!: string[] | null;

  /** SHA-256 of the secret, which nobody keeps. Read only where it is asked for. */
  @Column('bytea', { name: 'secret_hash', select: false })
  secretHash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** The id of the key that made it; `admin` for the settings' key. */
  @Column({ type: 'text', name: 'created_by', collation: 'C' })
  createdBy!: string;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  /** Noted some seconds late. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}

/** What somebody did who has to account for it. Rows are only ever added. */
@Entity('audit_events')
@Index('audit_events_action', ['action', 'id'])
@Index('audit_events_key', ['keyId', 'id'])
export class AuditEvent {
  /** UUIDv7 of `at`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_events_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column({ type: 'text', collation: 'C' })
  action!: string;

  /** The API key's id, or `admin` for the key of the settings; null: the service by itself. */
  @Column({ type: 'text', name: 'key_id', collation: 'C', nullable: true })
  keyId!: string | null;

  /** The key's name at the time. */
  @Column({ type: 'text', name: 'key_name', collation: 'C', nullable: true })
  keyName!: string | null;

  @Column({ type: 'text', name: 'remote_address', collation: 'C', nullable: true })
  remoteAddress!: string | null;

  @Column({ type: 'text', name: 'request_id', collation: 'C', nullable: true })
  requestId!: string | null;

  /** What was asked for, and what came of it. Numbers in it are masked. */
  @Column('jsonb')
  detail!: Record<string, unknown>;

  /** How many rows it concerns; null where nothing is counted. */
  @CountColumn({ nullable: true })
  rows!: number | null;
}
