import { Column, Entity, PrimaryColumn } from 'typeorm';

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
