import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A call that an erasure deleted: written in its transaction, told by the change feed at its position. */
@Entity('erased_calls')
@Index('erased_calls_call', ['callId'])
export class ErasedCall {
  /** The erasure's row in deliveries, whose `via` is `erasure`. */
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'erased_calls_pkey' })
  deliveryId!: string;

  @PrimaryColumn({
    type: 'text',
    name: 'call_id',
    collation: 'C',
    primaryKeyConstraintName: 'erased_calls_pkey',
  })
  callId!: string;

  /** Of the contents that were erased. Null where nobody noted it: then only who sees all sources is told. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  sources!: string[] | null;

  /** When the erasure was asked for. A record that was received before changes nothing. */
  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;
}
