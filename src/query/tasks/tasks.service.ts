import { Injectable, NotFoundException } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { Principal } from '../../security/principal.js';
import { isStorable } from '../storable.js';
import { type Labels, LabelsService } from '../labels/labels.service.js';
import { totalsOf } from '../totals.js';
import type { TaskDto, TaskQuery } from './task.dto.js';
import { type TaskPosition, TaskRepository, type TaskRow } from './task.repository.js';

@Injectable()
export class TasksService {
  constructor(
    private readonly tasks: TaskRepository,
    private readonly labels: LabelsService,
  ) {}

  /** @throws InvalidParametersException */
  async list(
    { order = 'desc', limit = DEFAULT_LIMIT, cursor, name }: TaskQuery,
    asker: Principal,
  ): Promise<Page<TaskDto>> {
    const kind = `tasks ${order}`;
    const after = cursor === undefined ? undefined : positionOf(cursor, kind);
    const rows = await this.tasks.list(asker, order, after, limit + 1, name);
    const labels = await this.labels.of(rows.map((row) => ({ taskId: row.task_id })));
    const tasks = rows.map((row) => taskDto(row, labels));
    return pageOf(tasks, limit, (last) => encodeCursor(kind, [Date.parse(last.firstSeenAt), last.taskId]));
  }

  /** @throws NotFoundException */
  async find(taskId: string, asker: Principal): Promise<TaskDto> {
    const row = isStorable(taskId) ? await this.tasks.find(taskId, asker) : undefined;
    if (row === undefined) throw new NotFoundException('There is no task with this taskId');
    return taskDto(row, await this.labels.of([{ taskId }]));
  }
}

function positionOf(cursor: string, kind: string): TaskPosition {
  const [firstSeenAt, taskId] = decodeCursor(cursor, kind, ['number', 'string']);
  return { firstSeenAt: Number(firstSeenAt), taskId: String(taskId) };
}

function taskDto(row: TaskRow, labels: Labels): TaskDto {
  const { name: taskName, note } = labels.of(row.task_id);
  const firstSeenAt = row.first_seen_at.toISOString();
  return { taskId: row.task_id, taskName, note, firstSeenAt, ...totalsOf(row) };
}
