import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const KEY = 'call_rollups_pkey';

/**
 * Sums over the calls of one quarter-hour (UTC) with the same source, task, batch, codes and hangup direction,
 * kept in the transactions that write the calls. An identifier or code that the calls lack is empty text.
 */
@Entity('call_rollups')
@Index('call_rollups_task', ['taskId', 'batchId', 'bucketStart'])
export class CallRollup {
  @PrimaryColumn('timestamptz', { name: 'bucket_start', primaryKeyConstraintName: KEY })
  bucketStart!: Date;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  source!: string;

  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: KEY })
  taskId!: string;

  @PrimaryColumn({ type: 'text', name: 'batch_id', collation: 'C', primaryKeyConstraintName: KEY })
  batchId!: string;

  @PrimaryColumn({ type: 'text', name: 'status_code', collation: 'C', primaryKeyConstraintName: KEY })
  statusCode!: string;

  @PrimaryColumn({ type: 'text', name: 'smart_status_code', collation: 'C', primaryKeyConstraintName: KEY })
  smartStatusCode!: string;

  @PrimaryColumn({ type: 'text', name: 'hangup_direction', collation: 'C', primaryKeyConstraintName: KEY })
  hangupDirection!: string;

  /** Writers at work at once write different lanes, so that they don't wait for each other; readers add them up. */
  @PrimaryColumn('smallint', { primaryKeyConstraintName: KEY })
  lane!: number;

  @Column('bigint')
  calls!: string;

  @Column('bigint')
  answered!: string;

  /** Seconds. */
  @Column('bigint')
  duration!: string;

  /** Seconds of the second leg. */
  @Column('bigint', { name: 'b_duration' })
  bDuration!: string;

  /** Milliseconds from start to answer, added up over `delayedCalls`. */
  @Column('bigint', { name: 'answer_delay_ms' })
  answerDelayMs!: string;

  /** Calls of which the answer delay is known. */
  @Column('bigint', { name: 'answer_delay_calls' })
  answerDelayCalls!: string;

  /** Null when the lane holds only what corrections took away. */
  @Column('timestamptz', { name: 'first_occurred_at', nullable: true })
  firstOccurredAt!: Date | null;

  @Column('timestamptz', { name: 'last_occurred_at', nullable: true })
  lastOccurredAt!: Date | null;
}
