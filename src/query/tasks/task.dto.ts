import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../../http/parameters/page.js';
import { ChoiceParameter } from '../../http/parameters/parameters.js';
import { NameOf, NameParameter, NoteOfLabel } from '../labels/label.dto.js';
import { Totals } from '../totals.js';

/** A calling task and the totals of its calls. */
@ApiSchema({ name: 'Task' })
export class TaskDto extends Totals {
  @ApiProperty({ type: String, description: 'The task.', example: '118100000000000001' })
  taskId!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When a call of the task first arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  firstSeenAt!: string;

  @NameOf('task')
  taskName!: string | null;

  @NoteOfLabel()
  note!: string | null;
}

export class TaskPage extends PageOf(TaskDto, 'The tasks.') {}

/** The page and the order of a list of tasks. */
export class TaskQuery extends PageQuery {
  @NameParameter('tasks')
  name?: string;

  @ChoiceParameter(
    {
      description: '`desc` (default): most recently first seen first. `asc`: the other way round.',
      example: 'desc',
    },
    ['desc', 'asc'],
    'desc',
  )
  order?: 'desc' | 'asc';
}
