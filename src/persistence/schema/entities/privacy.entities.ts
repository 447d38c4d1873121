import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** A request to erase a number, its progress, and counts of what was erased. */
@Entity('erasures')
@Index('erasures_requested', ['requestedAt'])
@Index('erasures_undone', ['nextTryAt'], { where: "(status <> 'done'::text)" })
export class Erasure {
  /** UUIDv7 that is made with the request. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'erasures_pkey' })
  id!: string;

  /** `pending`, `running` or `done`. */
  @Column({ type: 'text', collation: 'C' })
  status!: string;

  @Column({ type: 'text', collation: 'C' })
  reason!: string;

  /** The erasure covers everything that was received until this time. */
  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  /** HMAC-SHA-256 of the number. It shows whether another number is the same. */
  @Column('bytea', { name: 'number_hash' })
  numberHash!: Buffer;

  /** The encrypted number; null once the number is erased everywhere. */
  @Column('bytea', { name: 'sealed_number', nullable: true })
  sealedNumber!: Buffer | null;

  /** What the erasure searches now. */
  @Column({ type: 'text', collation: 'C' })
  phase!: string;

  /** How far the phase is; null at its beginning. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  place!: string | null;

  /** A transaction id. Transactions that may not have seen the request have lower ids. */
  @Column('bigint', { nullable: true })
  barrier!: string | null;

  /** Whether to search everything once more: something that was received before the request was written after it. */
  @Column('boolean')
  again!: boolean;

  /** The number of searches through everything, including the current one. */
  @Column('integer', { default: 1 })
  pass!: number;

  /** The number of findings of the current search. */
  @CountColumn({ default: 0 })
  found!: number;

  /** The number of failed attempts in a row. */
  @Column('integer')
  failures!: number;

  /** Why the last attempt failed. */
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

/** A call that an erasure deleted. The erasure's transaction writes it. The change feed reports it at its position. */
@Entity('erased_calls')
@Index('erased_calls_call', ['callId'])
export class ErasedCall {
  /** The erasure's row in deliveries, whose `via` is `erasure`. */
  @PrimaryColumn('uuid', { name: 'delivery_id', primaryKeyConstraintName: 'erased_calls_pkey' })
  deliveryId!: string;

  @PrimaryColumn({
    type: 'text',
    name: 'call_id',
    collation: 'C',
    primaryKeyConstraintName: 'erased_calls_pkey',
  })
  callId!: string;

  /** The sources of the erased contents. Null if they are not known: then only keys that see all sources are told. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  sources!: string[] | null;

  /** When the erasure was requested. A record that was received earlier changes nothing. */
  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;
}

/** The right of one process to do a background job. It expires unless the process renews it. */
@Entity('leases')
export class Lease {
  /** The name of the background job. */
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'leases_pkey' })
  name!: string;

  /** The id of the process. */
  @Column('uuid')
  holder!: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}

/** A secret that all processes share. It is made at random when it is first needed. */
@Entity('secrets')
export class StoredSecret {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'secrets_pkey' })
  name!: string;

  @Column('bytea')
  value!: Buffer;
}
