import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A content of a call that is not the row's: replaced by a correction, or delivered after a newer one. */
@Entity('call_revisions')
export class CallRevision {
  @PrimaryColumn({
    type: 'text',
    name: 'call_id',
    collation: 'C',
    primaryKeyConstraintName: 'call_revisions_pkey',
  })
  callId!: string;

  /** The delivery that brought this content. One delivery brings at most one content of a call. */
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'call_revisions_pkey' })
  deliveryId!: string;

  @Column('timestamptz', { name: 'received_at' })
  receivedAt!: Date;

  /** The number that the row had with this content; null when it came too late to ever be the row's. */
  @Column('integer', { nullable: true })
  revision!: number | null;

  /** The call's fields by the names of the API; times ISO 8601 UTC. */
  @Column('jsonb')
  content!: Record<string, unknown>;
}
