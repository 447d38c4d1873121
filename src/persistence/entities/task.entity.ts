import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A calling task (campaign), noted when its first call arrives. Its totals come from the rollups. */
@Entity('tasks')
@Index('tasks_first_seen', ['firstSeenAt', 'taskId'])
export class Task {
  @PrimaryColumn({ type: 'text', name: 'task_id', collation: 'C', primaryKeyConstraintName: 'tasks_pkey' })
  taskId!: string;

  @Column('timestamptz', { name: 'first_seen_at' })
  firstSeenAt!: Date;
}
