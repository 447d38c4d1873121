import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One call, as its last record stands. The primary key alone keeps the promise of one call, one row, which is why
 * the table is not partitioned (docs/decisions/database.md). Fixed-width columns come first: no padding between them.
 */
@Entity('calls')
@Index('calls_occurred', ['occurredAt', 'callId'])
@Index('calls_task', ['taskId', 'occurredAt', 'callId'], { where: '(task_id IS NOT NULL)' })
@Index('calls_batch', ['batchId', 'occurredAt', 'callId'], { where: '(batch_id IS NOT NULL)' })
@Index('calls_detail', ['detailId'], { where: '(detail_id IS NOT NULL)' })
@Index('calls_out', ['outId'], { where: '(out_id IS NOT NULL)' })
@Index('calls_callee_reversed', { synchronize: false })
@Index('calls_delivery', ['deliveryId'])
@Index('calls_last_received', { synchronize: false })
@Index('calls_with_warnings', ['occurredAt', 'callId'], { where: '(warnings IS NOT NULL)' })
export class Call {
  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt!: Date;

  @Column('timestamptz', { name: 'originate_time', nullable: true })
  originateTime!: Date | null;

  @Column('timestamptz', { name: 'ring_time', nullable: true })
  ringTime!: Date | null;

  @Column('timestamptz', { name: 'start_time', nullable: true })
  startTime!: Date | null;

  @Column('timestamptz', { name: 'end_time', nullable: true })
  endTime!: Date | null;

  @Column('timestamptz', { name: 'b_originate_time', nullable: true })
  bOriginateTime!: Date | null;

  @Column('timestamptz', { name: 'b_ring_time', nullable: true })
  bRingTime!: Date | null;

  @Column('timestamptz', { name: 'b_start_time', nullable: true })
  bStartTime!: Date | null;

  @Column('timestamptz', { name: 'b_end_time', nullable: true })
  bEndTime!: Date | null;

  /** When the first record of the call was received, whatever it held. */
  @Column('timestamptz', { name: 'first_received_at' })
  firstReceivedAt!: Date;

  /** When this content was last received. */
  @Column('timestamptz', { name: 'last_received_at' })
  lastReceivedAt!: Date;

  /** The delivery that last changed the row. */
  @Column('uuid', { name: 'delivery_id' })
  deliveryId!: string;

  /** The delivery that last brought this content again, by which later records are compared; null: `deliveryId`. */
  @Column('uuid', { name: 'last_delivery_id', nullable: true })
  lastDeliveryId!: string | null;

  /** Seconds. */
  @Column('integer', { nullable: true })
  duration!: number | null;

  /** Seconds. */
  @Column('integer', { name: 'b_duration', nullable: true })
  bDuration!: number | null;

  /** 1 for the first content of the call, one more for each correction. */
  @Column('integer')
  revision!: number;

  @Column('boolean')
  answered!: boolean;

  @PrimaryColumn({ type: 'text', name: 'call_id', collation: 'C', primaryKeyConstraintName: 'calls_pkey' })
  callId!: string;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  @Column({ type: 'text', name: 'task_id', collation: 'C', nullable: true })
  taskId!: string | null;

  @Column({ type: 'text', name: 'batch_id', collation: 'C', nullable: true })
  batchId!: string | null;

  @Column({ type: 'text', name: 'detail_id', collation: 'C', nullable: true })
  detailId!: string | null;

  @Column({ type: 'text', name: 'out_id', collation: 'C', nullable: true })
  outId!: string | null;

  @Column({ type: 'text', name: 'status_code', collation: 'C', nullable: true })
  statusCode!: string | null;

  @Column({ type: 'text', name: 'smart_status_code', collation: 'C', nullable: true })
  smartStatusCode!: string | null;

  @Column({ type: 'text', name: 'status_msg', collation: 'C', nullable: true })
  statusMsg!: string | null;

  @Column({ type: 'text', collation: 'C', nullable: true })
  caller!: string | null;

  @Column({ type: 'text', name: 'real_caller', collation: 'C', nullable: true })
  realCaller!: string | null;

  @Column({ type: 'text', collation: 'C', nullable: true })
  callee!: string | null;

  @Column({ type: 'text', name: 'hangup_direction', collation: 'C', nullable: true })
  hangupDirection!: string | null;

  /** 16 bytes; equal content has an equal hash. */
  @Column('bytea', { name: 'content_hash' })
  contentHash!: Buffer;

  /** Fields that are not the vendor's known ones, and known ones that could not be read, as they came. */
  @Column('jsonb', { nullable: true })
  extra!: Record<string, unknown> | null;

  /** `[{field, reason}]` for what could not be read. */
  @Column('jsonb', { nullable: true })
  warnings!: { field: string; reason: string }[] | null;
}
