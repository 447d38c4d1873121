import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** One acknowledged push. Unless it is a redelivery, records = stored + corrected + duplicate + quarantined. */
@Entity('deliveries')
@Index('deliveries_position', ['position'], { unique: true })
@Index('deliveries_told', ['position'], {
  where: "((stored > 0) OR (corrected > 0) OR (via = ANY (ARRAY['erasure'::text, 'recording'::text])))",
})
@Index('deliveries_body_hash', ['sha256', 'receivedAt'])
@Index('deliveries_quarantined', ['id'], { where: '(quarantined > 0)' })
@Index('deliveries_redelivered', ['id'], { where: '(redelivery_of IS NOT NULL)' })
@Index('deliveries_indirect', ['via', 'id'], { where: "(via <> 'direct'::text)" })
export class StoredDelivery {
  /** UUIDv7 that is made on arrival. Its time is `receivedAt`. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'deliveries_pkey' })
  id!: string;

  /**
   * Drawn last before the commit, under a lock, so that positions become visible in order. The change feed needs that.
   */
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

  /** New calls. */
  @Column('integer')
  stored!: number;

  /** Records that brought other content for a known call, too late ones included. */
  @Column('integer')
  corrected!: number;

  /** Records whose content was already in the ledger. */
  @Column('integer')
  duplicate!: number;

  @Column('integer')
  quarantined!: number;

  /** Milliseconds from the arrival to the write of this row, which is the last step before the commit. */
  @Column('real', { name: 'ack_ms' })
  ackMs!: number;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  @Column({ type: 'text', collation: 'C' })
  via!: string;

  @Column({ type: 'text', name: 'remote_address', collation: 'C', nullable: true })
  remoteAddress!: string | null;

  /** SHA-256 of the body after decompression. */
  @Column('bytea')
  sha256!: Buffer;
}

/** The exact bytes of a push after decompression. */
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

/** A record or a body that could not be read as calls, kept as it came. */
@Entity('quarantine')
@Index('quarantine_status', ['status', 'id'])
@Index('quarantine_delivery', ['deliveryId'])
@Index('quarantine_body_hash', ['sha256'], { unique: true, where: '(sha256 IS NOT NULL)' })
export class QuarantineEntry {
  /** UUIDv7 whose time is the arrival. */
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

  /** JSON Pointer of the record in the body, or `byte n`: where a body stops being readable. */
  @Column({ type: 'text', collation: 'C' })
  place!: string;

  @Column({ type: 'text', collation: 'C' })
  reason!: string;

  /** SHA-256 of a whole body that could not be read; null for a record. A body is kept once, however often it comes. */
  @Column('bytea', { nullable: true })
  sha256!: Buffer | null;

  @Column('bytea')
  raw!: Buffer;

  /** The number of records in the entry: 1, or more if records share the entry as one array. Null for a whole body. */
  @Column('integer', { nullable: true })
  records!: number | null;

  /** The message of the URL that it was pushed to: `note` or `recording`. Null: `report`. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  expects!: string | null;

  /** When it was replayed or discarded. */
  @Column('timestamptz', { name: 'resolved_at', nullable: true })
  resolvedAt!: Date | null;

  /** The id of the delivery that the replay made. */
  @Column('uuid', { name: 'replayed_as', nullable: true })
  replayedAs!: string | null;
}

const KEY = 'schema_drift_pkey';

/** A field, code or type that differs from the vendor's documentation. */
@Entity('schema_drift')
@Index('schema_drift_first_seen', ['firstSeenAt', 'kind', 'field', 'value'])
export class SchemaDrift {
  /** `unknownField`, `unlistedCode`, `otherType` or `unreadableField`. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  kind!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  field!: string;

  /** The code, the type, or the reason why the field could not be read. Empty for an unknown field. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  value!: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;

  @Column('timestamptz', { name: 'last_seen_at' })
  lastSeenAt!: Date;

  /** The number of records. */
  @CountColumn()
  count!: number;

  /** The last delivery that contained it. */
  @Column('uuid', { name: 'sample_delivery_id' })
  sampleDeliveryId!: string;

  /** When somebody acknowledged it. Null while it is open. */
  @Column('timestamptz', { name: 'acknowledged_at', nullable: true })
  acknowledgedAt!: Date | null;
}
