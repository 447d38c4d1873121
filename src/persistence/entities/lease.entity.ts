import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The right of one process to do a work that no two may do at once. It ends by itself when it is not renewed. */
@Entity('leases')
export class Lease {
  /** Of the work. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'leases_pkey' })
  name!: string;

  /** The process. */
  @Column('uuid')
  holder!: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
