import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './count-column.js';

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
