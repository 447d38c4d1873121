import { Injectable, NotFoundException } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { Principal } from '../../security/principal.js';
import { isStorable } from '../storable.js';
import { totalsOf } from '../totals.js';
import type { TaskDto, TaskQuery } from './task.dto.js';
import { type TaskPosition, TaskRepository, type TaskRow } from './task.repository.js';

@Injectable()
export class TasksService {
  constructor(private readonly tasks: TaskRepository) {}

  /** @throws InvalidParametersException */
  async list(
    { order = 'desc', limit = DEFAULT_LIMIT, cursor }: TaskQuery,
    asker: Principal,
  ): Promise<Page<TaskDto>> {
    const kind = `tasks ${order}`;
    const after = cursor === undefined ? undefined : positionOf(cursor, kind);
    const rows = await this.tasks.list(asker, order, after, limit + 1);
    return pageOf(rows.map(taskDto), limit, (last) =>
      encodeCursor(kind, [Date.parse(last.firstSeenAt), last.taskId]),
    );
  }

  /** @throws NotFoundException */
  async find(taskId: string, asker: Principal): Promise<TaskDto> {
    const row = isStorable(taskId) ? await this.tasks.find(taskId, asker) : undefined;
    if (row === undefined) throw new NotFoundException('There is no task with this taskId');
    return taskDto(row);
  }
}

function positionOf(cursor: string, kind: string): TaskPosition {
  const [firstSeenAt, taskId] = decodeCursor(cursor, kind, ['number', 'string']);
  return { firstSeenAt: Number(firstSeenAt), taskId: String(taskId) };
}

function taskDto(row: TaskRow): TaskDto {
  return { taskId: row.task_id, firstSeenAt: row.first_seen_at.toISOString(), ...totalsOf(row) };
}
