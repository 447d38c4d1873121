import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The session of a person who has signed in with the identity provider. */
@Entity('sessions')
@Index('sessions_due', ['checkedAt'], { where: '(ended_at IS NULL)' })
export class Session {
  /** UUIDv7, which is also a part of the cookie. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  /** SHA-256 of the secret in the cookie. The secret itself is not stored. */
  @Column('bytea', { name: 'secret_hash', select: false })
  secretHash!: Buffer;

  /** The provider's id of the person. */
  @Column({ type: 'text', collation: 'C' })
  subject!: string;

  @Column({ type: 'text', collation: 'C' })
  name!: string;

  /** Those values of the roles claim that the settings know. */
  @Column({ type: 'text', collation: 'C', array: true })
  roles!: string[];

  @Column({ type: 'text', name: 'remote_address', collation: 'C', nullable: true })
  remoteAddress!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** When the provider was last asked whether the person may still sign in. */
  @Column('timestamptz', { name: 'checked_at' })
  checkedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** Why the session ended before its time. */
  @Column({ type: 'text', name: 'end_reason', collation: 'C', nullable: true })
  endReason!: string | null;

  /** The sealed refresh token. Null: the provider gave none, or the session has ended. */
  @Column('bytea', { name: 'refresh_token', nullable: true, select: false })
  refreshToken!: Buffer | null;
}

const LABEL_KEY = 'labels_pkey';

/** The name of a task or of a batch. */
@Entity('labels')
export class Label {
  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: LABEL_KEY })
  taskId!: string;

  /** Empty for the label of the task itself. */
  @PrimaryColumn({ type: 'text', name: 'batch_id', collation: 'C', primaryKeyConstraintName: LABEL_KEY })
  batchId!: string;

  /** The name that somebody has given. Null: only the vendor's API gave one. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  name!: string | null;

  @Column({ type: 'text', collation: 'C', nullable: true })
  note!: string | null;

  /** The name that the vendor's API gives. */
  @Column({ type: 'text', name: 'vendor_name', collation: 'C', nullable: true })
  vendorName!: string | null;

  @Column('timestamptz', { name: 'changed_at' })
  changedAt!: Date;
}
