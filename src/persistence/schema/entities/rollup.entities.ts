import { Column, type ColumnOptions, Entity, Index, PrimaryColumn } from 'typeorm';

const ROLLUPS_KEY = 'rollups_pkey';
const SUMS_KEY = 'rollup_sums_pkey';
const TOTALS_KEY = 'campaign_totals_pkey';

/**
 * What the calls of a rollup have in common. If they have no identifier or code, the column is empty text. A group
 * stands once, so that each of its rollups has only its number.
 */
@Entity('rollup_groups')
@Index('rollup_groups_key', ['key'], { unique: true })
@Index('rollup_groups_task', ['taskId', 'batchId'])
export class RollupGroup {
  /** Drawn from the sequence rollup_group_ids. */
  @PrimaryColumn('integer', { name: 'group_id', primaryKeyConstraintName: 'rollup_groups_pkey' })
  groupId!: number;

  /** A hash of all names. Writers find the group by it. */
  @Column('uuid')
  key!: string;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  @Column({ type: 'text', name: 'task_id', collation: 'C' })
  taskId!: string;

  @Column({ type: 'text', name: 'batch_id', collation: 'C' })
  batchId!: string;

  @Column({ type: 'text', name: 'status_code', collation: 'C' })
  statusCode!: string;

  @Column({ type: 'text', name: 'smart_status_code', collation: 'C' })
  smartStatusCode!: string;

  @Column({ type: 'text', name: 'hangup_direction', collation: 'C' })
  hangupDirection!: string;

  /** Of the note of the call. */
  @Column({ type: 'text', name: 'major_intent', collation: 'C', default: '' })
  majorIntent!: string;
}

/**
 * Sums over the calls of one quarter-hour (UTC) and group. The transactions that write the calls update them. The view
 * `call_rollups` shows them with the names of their groups.
 */
@Entity('rollups')
@Index('rollups_bucket', ['bucketStart'])
export class Rollup {
  @PrimaryColumn('integer', { name: 'group_id', primaryKeyConstraintName: ROLLUPS_KEY })
  groupId!: number;

  @PrimaryColumn('timestamptz', { name: 'bucket_start', primaryKeyConstraintName: ROLLUPS_KEY })
  bucketStart!: Date;

  /** Concurrent writers use different lanes, so that they don't wait for each other. Readers add the lanes up. */
  @PrimaryColumn('smallint', { primaryKeyConstraintName: ROLLUPS_KEY })
  lane!: number;

  @Column('integer')
  calls!: number;

  @Column('integer')
  answered!: number;

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
  @Column('integer', { name: 'answer_delay_calls' })
  answerDelayCalls!: number;

  /** Null if the lane holds only what corrections subtracted. */
  @Column('timestamptz', { name: 'first_occurred_at', nullable: true })
  firstOccurredAt!: Date | null;

  @Column('timestamptz', { name: 'last_occurred_at', nullable: true })
  lastOccurredAt!: Date | null;
}

/**
 * Sums over the rollups of one batch of a task, source and lane. The statement that changes the rollups updates them.
 * Lists of tasks and batches read them.
 */
@Entity('campaign_totals')
export class CampaignTotals {
  /** Empty if the calls name no task. */
  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: TOTALS_KEY })
  taskId!: string;

  @PrimaryColumn({ type: 'text', name: 'batch_id', collation: 'C', primaryKeyConstraintName: TOTALS_KEY })
  batchId!: string;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: TOTALS_KEY })
  source!: string;

  @PrimaryColumn('smallint', { primaryKeyConstraintName: TOTALS_KEY })
  lane!: number;

  @Column('bigint')
  calls!: string;

  @Column('bigint')
  answered!: string;

  /** Seconds. */
  @Column('bigint')
  duration!: string;

  @Column('timestamptz', { name: 'first_occurred_at', nullable: true })
  firstOccurredAt!: Date | null;

  @Column('timestamptz', { name: 'last_occurred_at', nullable: true })
  lastOccurredAt!: Date | null;
}

/**
 * Sums over the rollups of one quarter-hour (UTC), source and lane. The statements that change the rollups update them.
 * Statistics without a task, batch or code read a few rows of this table for each quarter-hour instead of hundreds.
 */
@Entity('rollup_sums')
export class RollupSums {
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
