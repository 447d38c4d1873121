import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

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

/** A call that an erasure deleted: written in its transaction, told by the change feed at its position. */
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

  /** Of the contents that were erased. Null where nobody noted it: then only who sees all sources is told. */
  @Column({ type: 'text', collation: 'C', array: true, nullable: true })
  sources!: string[] | null;

  /** When the erasure was asked for. A record that was received before changes nothing. */
  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;
}

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

/** Made at random when it is first needed, and the same for all processes. */
@Entity('secrets')
export class StoredSecret {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'secrets_pkey' })
  name!: string;

  @Column('bytea')
  value!: Buffer;
}
