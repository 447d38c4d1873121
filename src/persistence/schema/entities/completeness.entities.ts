import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { CountColumn } from './rollup.entities.js';

/** Which tasks a run covers. `recent`: those with calls of the last days. */
export type RunScope = 'all' | 'recent' | 'task';
/** What a run does. */
export type RunKind = 'check' | 'repair';

const MISSING_KEY = 'completeness_missing_pkey';

/** The result of the last comparison of a task with the vendor's query API. */
@Entity('completeness_tasks')
export class CheckedTask {
  @PrimaryColumn({
    type: 'text',
    name: 'task_id',
    collation: 'C',
    primaryKeyConstraintName: 'completeness_tasks_pkey',
  })
  taskId!: string;

  /** The source whose calls were compared. For a task of other sources, one of those. */
  @Column({ type: 'text', collation: 'C' })
  source!: string;

  /** `complete`, `missing`, `surplus`, `unsettled` or `unknown`. */
  @Column({ type: 'text', collation: 'C' })
  verdict!: string;

  /** Why the verdict is this one. */
  @Column({ type: 'text', collation: 'C' })
  reason!: string;

  @Column('timestamptz', { name: 'checked_at' })
  checkedAt!: Date;

  /** Null: the vendor did not say. */
  @CountColumn({ name: 'vendor_calls', nullable: true })
  vendorCalls!: number | null;

  @CountColumn({ name: 'ledger_calls' })
  ledgerCalls!: number;

  /** The entries that the vendor has called. Null: its list could not be read. */
  @CountColumn({ name: 'vendor_entries', nullable: true })
  vendorEntries!: number | null;

  /** Those of the entries whose last call is in the ledger, or counts as held. */
  @CountColumn({ name: 'ledger_entries', nullable: true })
  ledgerEntries!: number | null;

  /** Missing calls, also those that the vendor counts but does not list. */
  @CountColumn()
  missing!: number;

  /** What the verdict was made of, as JSON, for making it again after a repair. Null: the vendor could not tell. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  facts!: string | null;

  /** How far the times of pushes are from the vendor's epoch times. Null: no call was known both ways. */
  @CountColumn({ name: 'zone_offset_ms', nullable: true })
  zoneOffsetMs!: number | null;

  /** How many calls show this offset. */
  @Column('integer', { name: 'zone_calls', nullable: true })
  zoneCalls!: number | null;

  /** When the newest of these calls was received. */
  @Column('timestamptz', { name: 'zone_received_at', nullable: true })
  zoneReceivedAt!: Date | null;
}

/** An entry of the vendor whose last call is not in the ledger, or was not when a check found it. */
@Entity('completeness_missing')
@Index('completeness_missing_changed', ['changedAt'])
export class MissingEntry {
  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: MISSING_KEY })
  taskId!: string;

  @PrimaryColumn({ type: 'text', name: 'detail_id', collation: 'C', primaryKeyConstraintName: MISSING_KEY })
  detailId!: string;

  @Column({ type: 'text', collation: 'C' })
  source!: string;

  /** Null until it is known: the vendor's list may lack it. */
  @Column({ type: 'text', name: 'call_id', collation: 'C', nullable: true })
  callId!: string | null;

  @Column({ type: 'text', name: 'out_id', collation: 'C', nullable: true })
  outId!: string | null;

  @Column('timestamptz', { name: 'calling_time', nullable: true })
  callingTime!: Date | null;

  /**
   * `missing`, `repaired` or `unrepairable`; `held` if a repair found that the ledger has the call. Only the row tells
   * the next check which call that is.
   */
  @Column({ type: 'text', collation: 'C' })
  state!: string;

  @Column({ type: 'text', collation: 'C', nullable: true })
  reason!: string | null;

  @Column('timestamptz', { name: 'changed_at' })
  changedAt!: Date;
}

/** A check or a repair, and how far it is. */
@Entity('completeness_runs')
@Index('completeness_runs_undone', ['id'], {
  where: "(status = ANY (ARRAY['pending'::text, 'running'::text]))",
})
export class CompletenessRun {
  /** UUIDv7 that is made with the request. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'completeness_runs_pkey' })
  id!: string;

  @Column({ type: 'text', collation: 'C' })
  kind!: RunKind;

  @Column({ type: 'text', collation: 'C' })
  scope!: RunScope;

  /** The task of the scope `task`. */
  @Column({ type: 'text', name: 'task_id', collation: 'C', nullable: true })
  taskId!: string | null;

  /** Whether the service began it by itself. */
  @Column('boolean')
  automatic!: boolean;

  @Column('boolean', { name: 'dry_run' })
  dryRun!: boolean;

  /** `pending`, `running`, `done` or `failed`. */
  @Column({ type: 'text', collation: 'C' })
  status!: string;

  @Column('timestamptz', { name: 'requested_at' })
  requestedAt!: Date;

  @Column('timestamptz', { name: 'started_at', nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column('timestamptz', { name: 'next_try_at' })
  nextTryAt!: Date;

  /** The number of failed tries in a row. */
  @Column('integer')
  failures!: number;

  /** Why the last try failed. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  problem!: string | null;

  /** How many tasks the run covers. Null until that is known. */
  @Column('integer', { nullable: true })
  tasks!: number | null;

  @Column('integer', { name: 'tasks_done' })
  tasksDone!: number;

  /** The last task that is done. Tasks are done in the order of their ids. */
  @Column({ type: 'text', name: 'last_task', collation: 'C', nullable: true })
  lastTask!: string | null;

  /** The task whose entries are being repaired. */
  @Column({ type: 'text', name: 'current_task', collation: 'C', nullable: true })
  currentTask!: string | null;

  /** The last entry of that task that is done. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  place!: string | null;

  @Column('integer')
  examined!: number;

  @Column('integer')
  repairable!: number;

  @Column('integer')
  repaired!: number;

  @Column('integer')
  unrepairable!: number;
}
