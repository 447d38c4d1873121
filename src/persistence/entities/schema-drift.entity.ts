import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './count-column.js';

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
