import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Made at random when it is first needed, and the same for all processes. */
@Entity('secrets')
export class Secret {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'secrets_pkey' })
  name!: string;

  @Column('bytea')
  value!: Buffer;
}
