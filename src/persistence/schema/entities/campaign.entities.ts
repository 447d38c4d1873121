import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A calling task (campaign). It is stored when its first call arrives. Its totals come from the rollups. */
@Entity('tasks')
@Index('tasks_first_seen', ['firstSeenAt', 'taskId'])
export class Task {
  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: 'tasks_pkey' })
  taskId!: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;
}

/** A batch of numbers that was imported into a task. It is stored when its first call arrives. */
@Entity('batches')
@Index('batches_first_seen', ['firstSeenAt', 'taskId', 'batchId'])
@Index('batches_task_first_seen', ['taskId', 'firstSeenAt', 'batchId'])
export class Batch {
  /** Empty for a batch whose calls name no task. */
  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: 'batches_pkey' })
  taskId!: string;

  @PrimaryColumn({ type: 'text', name: 'batch_id', collation: 'C', primaryKeyConstraintName: 'batches_pkey' })
  batchId!: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;
}
