import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** One push that was acknowledged. records = stored + corrected + duplicate + quarantined, unless redelivered. */
@Entity('deliveries')
@Index('deliveries_position', ['position'], { unique: true })
@Index('deliveries_changes', ['position'], {
  where: "((stored > 0) OR (corrected > 0) OR (via = 'erasure'::text))",
})
@Index('deliveries_body_hash', ['sha256', 'receivedAt'])
@Index('deliveries_quarantined', ['id'], { where: '(quarantined > 0)' })
@Index('deliveries_redelivered', ['id'], { where: '(redelivery_of IS NOT NULL)' })
@Index('deliveries_indirect', ['via', 'id'], { where: "(via <> 'direct'::text)" })
export class StoredDelivery {
  /** UUIDv7, made on arrival: its time is `receivedAt`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'deliveries_pkey' })
  id!: string;

  /** Drawn last before the commit, under a lock: positions become visible in order. Change feeds count on it. */
  @Column('bigint')
  position!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  /** The delivery that brought the same body within the hour before. */
  @Column('uuid', { name: 'redelivery_of', nullable: true })
  redeliveryOf!: string | null;

  @Column('integer')
  bytes!: number;

  @Column('integer')
  records!: number;

  /** Calls that were new. */
  @Column('integer')
  stored!: number;

  /** Records that brought other content for a known call, too late ones included. */
  @Column('integer')
  corrected!: number;

  /** Records whose content the ledger had already. */
  @Column('integer')
  duplicate!: number;

  @Column('integer')
  quarantined!: number;

  /** Milliseconds from arrival to the write of this row, the last before the commit. */
  @Column('real', { name: 'ack_ms' })
  ackMs!: number;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  @Column({ type: 'text', collation: 'C' })
  via!: string;

  @Column({ type: 'text', name: 'remote_address', collation: 'C', nullable: true })
  remoteAddress!: string | null;

  /** Of the body after decompression. */
  @Column('bytea')
  sha256!: Buffer;
}

/** The bytes of a push, exactly as they came after decompression. */
@Entity('delivery_bodies')
@Index('delivery_bodies_received', ['receivedAt'])
export class DeliveryBody {
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'delivery_bodies_pkey' })
  deliveryId!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  /** `identity` or `gzip`. */
  @Column({ type: 'text', collation: 'C' })
  encoding!: string;

  @Column('bytea')
  body!: Buffer;
}

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

const KEY = 'schema_drift_pkey';

/** Something that came otherwise than the vendor describes it: a field, a code, a type. */
@Entity('schema_drift')
@Index('schema_drift_first_seen', ['firstSeenAt', 'kind', 'field', 'value'])
export class SchemaDrift {
  /** `unknownField`, `unlistedCode`, `otherType` or `unreadableField`. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  kind!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  field!: string;

  /** The code, the type, or why it could not be read; empty for an unknown field. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  value!: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt!: Date;

  /** Records. */
  @CountColumn()
  count!: number;

  /** The delivery that brought it last. */
  @Column('uuid', { name: 'sample_delivery_id' })
  sampleDeliveryId!: string;
}
