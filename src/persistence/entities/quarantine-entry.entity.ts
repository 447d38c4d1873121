import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What could not be read as a call, as it came. */
@Entity('quarantine')
@Index('quarantine_status', ['status', 'id'])
@Index('quarantine_delivery', ['deliveryId'])
@Index('quarantine_body_hash', ['sha256'], { unique: true, where: '(sha256 IS NOT NULL)' })
export class QuarantineEntry {
  /** UUIDv7 of the arrival. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'quarantine_pkey' })
  id!: string;

  @Column('uuid', { name: 'delivery_id' })
  deliveryId!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  /** `open`, `replayed` or `discarded`. */
  @Column({ type: 'text', collation: 'C' })
  status!: string;

  /** JSON Pointer of the record in the body, or `byte n` where the whole body breaks. */
  @Column({ type: 'text', collation: 'C' })
  place!: string;

  @Column({ type: 'text', collation: 'C' })
  reason!: string;

  /** Of a whole body that could not be read; a body is kept once, however often it comes. Null for a record. */
  @Column('bytea', { nullable: true })
  sha256!: Buffer | null;

  @Column('bytea')
  raw!: Buffer;

  /** How many records it holds: 1, or more where many share an entry as one array. Null for a whole body. */
  @Column('integer', { nullable: true })
  records!: number | null;

  /** When it was replayed or discarded. */
  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;

  /** The delivery as which it was replayed. */
  @Column('uuid', { name: 'replayed_as', nullable: true })
  replayedAs!: string | null;
}
