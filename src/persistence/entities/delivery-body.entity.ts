import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

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
