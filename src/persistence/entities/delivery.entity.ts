import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

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
export class Delivery {
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
