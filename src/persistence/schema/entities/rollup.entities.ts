import { Column, type ColumnOptions, Entity, Index, PrimaryColumn } from 'typeorm';

const ROLLUPS_KEY = 'call_rollups_pkey';
const SUMS_KEY = 'call_sums_pkey';

/**
 * Sums over the calls of one quarter-hour (UTC) that have the same source, task, batch, codes and hangup direction. The
 * transactions that write the calls update them. If the calls have no identifier or code, the column is empty text.
 */
@Entity('call_rollups')
@Index('call_rollups_task', ['taskId', 'batchId', 'bucketStart'])
export class CallRollup {
  @PrimaryColumn('timestamptz', { name: 'bucket_start', primaryKeyConstraintName: ROLLUPS_KEY })
  bucketStart!: Date;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: ROLLUPS_KEY })
  source!: string;

  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: ROLLUPS_KEY })
  taskId!: string;

  @PrimaryColumn({ type: 'text', name: 'batch_id', collation: 'C', primaryKeyConstraintName: ROLLUPS_KEY })
  batchId!: string;

  @PrimaryColumn({ type: 'text', name: 'status_code', collation: 'C', primaryKeyConstraintName: ROLLUPS_KEY })
  statusCode!: string;

  @PrimaryColumn({
    type: 'text',
    name: 'smart_status_code',
    collation: 'C',
    primaryKeyConstraintName: ROLLUPS_KEY,
  })
  smartStatusCode!: string;

  @PrimaryColumn({
    type: 'text',
    name: 'hangup_direction',
    collation: 'C',
    primaryKeyConstraintName: ROLLUPS_KEY,
  })
  hangupDirection!: string;

  /** Concurrent writers use different lanes, so that they don't wait for each other. Readers add the lanes up. */
  @PrimaryColumn('smallint', { primaryKeyConstraintName: ROLLUPS_KEY })
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

  /** Milliseconds from start to answer, added up over `answerDelayCalls`. */
  @Column('bigint', { name: 'answer_delay_ms' })
  answerDelayMs!: string;

  /** Calls whose answer delay is known. */
  @Column('bigint', { name: 'answer_delay_calls' })
  answerDelayCalls!: string;

  /** Null if the lane holds only what corrections subtracted. */
  @Column('timestamptz', { name: 'first_occurred_at', nullable: true })
  firstOccurredAt!: Date | null;

  @Column('timestamptz', { name: 'last_occurred_at', nullable: true })
  lastOccurredAt!: Date | null;
}

/**
 * Sums over the rollups of one quarter-hour (UTC), source and lane. The statements that change the rollups update them.
 * Statistics without a task, batch or code read a few rows of this table for each quarter-hour instead of hundreds.
 */
@Entity('call_sums')
export class CallSums {
  @PrimaryColumn('timestamptz', { name: 'bucket_start', primaryKeyConstraintName: SUMS_KEY })
  bucketStart!: Date;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: SUMS_KEY })
  source!: string;

  @PrimaryColumn('smallint', { primaryKeyConstraintName: SUMS_KEY })
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

  /** Milliseconds from start to answer, added up over `answerDelayCalls`. */
  @Column('bigint', { name: 'answer_delay_ms' })
  answerDelayMs!: string;

  /** Calls whose answer delay is known. */
  @Column('bigint', { name: 'answer_delay_calls' })
  answerDelayCalls!: string;
}

/** A `bigint` column that is read as a number. (`pg` reads it as text.) Its values must stay below 2^53. */
export function CountColumn(options: Omit<ColumnOptions, 'type' | 'transformer'> = {}): PropertyDecorator {
  return Column({
    ...options,
    type: 'bigint',
    transformer: { to: (value: unknown) => value, from: numberOf },
  });
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
