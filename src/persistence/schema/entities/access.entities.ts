import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** An API key. Revoked keys stay, so that the audit's events keep their names. */
@Entity('api_keys')
export class ApiKey {
  /** UUIDv7, which is also a part of the key's text. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  @Column({ type: 'text', collation: 'C', array: true })
  scopes!: string[];

  /** The sources that the key is limited to; null means no limit. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  sources!: string[] | null;

  /** SHA-256 of the secret. The secret itself is not stored. TypeORM reads this column only if it is named. */
  @Column('bytea', { name: 'secret_hash', select: false })
  secretHash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** The id of the key that created this one; `admin` for the key of the settings. */
  @Column({ type: 'text', name: 'created_by', collation: 'C' })
  createdBy!: string;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  /** Written some seconds after the use. */
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}

/** What a key, or the service itself, read, changed or erased. Rows are only added, never changed or deleted. */
@Entity('audit_events')
@Index('audit_events_action', ['action', 'id'])
@Index('audit_events_key', ['keyId', 'id'])
export class AuditEvent {
  /** UUIDv7 whose time is `at`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'audit_events_pkey' })
  id!: string;

  @Column('timestamptz')
  at!: Date;

  @Column({ type: 'text', collation: 'C' })
  action!: string;

  /** The API key's id, or `admin` for the key of the settings; null for the service itself. */
  @Column({ type: 'text', name: 'key_id', collation: 'C', nullable: true })
  keyId!: string | null;

  /** The key's name at the time. */
  @Column({ type: 'text', name: 'key_name', collation: 'C', nullable: true })
  keyName!: string | null;

  @Column({ type: 'text', name: 'remote_address', collation: 'C', nullable: true })
  remoteAddress!: string | null;

  @Column({ type: 'text', name: 'request_id', collation: 'C', nullable: true })
  requestId!: string | null;

  /** The request and its result. Phone numbers in it are masked. */
  @Column('jsonb')
  detail!: Record<string, unknown>;

  /** The number of rows concerned; null if nothing is counted. */
  @CountColumn({ nullable: true })
  rows!: number | null;
}
