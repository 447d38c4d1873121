import { Column, Entity, PrimaryColumn } from 'typeorm';

const KEY = 'call_sums_pkey';

/**
 * The rollups of one quarter-hour (UTC), source and lane added up, kept in the same statements: statistics that name no
 * task, batch or code read some rows a quarter-hour here instead of hundreds.
 */
@Entity('call_sums')
export class CallSums {
  @PrimaryColumn('timestamptz', { name: 'bucket_start', primaryKeyConstraintName: KEY })
  bucketStart!: Date;

  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: KEY })
  source!: string;

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

  /** Milliseconds from start to answer, added up over `answerDelayCalls`. */
  @Column('bigint', { name: 'answer_delay_ms' })
  answerDelayMs!: string;

  /** Calls of which the answer delay is known. */
  @Column('bigint', { name: 'answer_delay_calls' })
  answerDelayCalls!: string;
}
