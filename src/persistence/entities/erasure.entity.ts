import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './count-column.js';

/** The wish to erase a number, how far it is done, and what was erased. */
@Entity('erasures')
@Index('erasures_requested', ['requestedAt'])
@Index('erasures_undone', ['nextTryAt'], { where: "(status <> 'done'::text)" })
export class Erasure {
  /** UUIDv7 of the request. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'erasures_pkey' })
  id!: string;

  /** `pending`, `running` or `done`. */
  @Column({ type: 'text', collation: 'C' })
  status!: string;

  @Column({ type: 'text', collation: 'C' })
  reason!: string;

  /** What was received until then is erased. */
  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  /** HMAC-SHA-256: says whether another number is the same. */
  @Column('bytea', { name: 'number_hash' })
  numberHash!: Buffer;

  /** The number, sealed; null when it is erased everywhere. */
  @Column('bytea', { name: 'sealed_number', nullable: true })
  sealedNumber!: Buffer | null;

  /** What is searched now. */
  @Column({ type: 'text', collation: 'C' })
  phase!: string;

  /** How far; null at the beginning of the phase. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  place!: string | null;

  /** The transaction id that those which may not have seen the request are below. */
  @Column('bigint', { nullable: true })
  barrier!: string | null;

  /** Something that was received before the request was written after it: all is searched once more. */
  @Column('boolean')
  again!: boolean;

  /** How often everything was searched, the search that goes on included. */
  @Column('integer', { default: 1 })
  pass!: number;

  /** What was found in the search that goes on. */
  @CountColumn({ default: 0 })
  found!: number;

  /** Failed tries in a row. */
  @Column('integer')
  failures!: number;

  /** Why the last try failed. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  problem!: string | null;

  @Column('timestamptz', { name: 'next_try_at' })
  nextTryAt!: Date;

  @CountColumn()
  calls!: number;

  @CountColumn()
  revisions!: number;

  @CountColumn()
  bodies!: number;

  @CountColumn({ name: 'quarantine_entries' })
  quarantineEntries!: number;

  @CountColumn({ name: 'journal_entries' })
  journalEntries!: number;

  @CountColumn({ name: 'schema_drift' })
  schemaDrift!: number;
}
