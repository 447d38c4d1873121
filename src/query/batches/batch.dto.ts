import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../../http/parameters/page.js';
import { ChoiceParameter, ListParameter } from '../../http/parameters/parameters.js';
import { NameOf, NameParameter, NoteOfLabel } from '../labels/label.dto.js';
import { Totals } from '../totals.js';

/** A batch of a task and the totals of its calls. */
@ApiSchema({ name: 'Batch' })
export class BatchDto extends Totals {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The task. Null for a batch whose calls name no task.',
    example: '118100000000000001',
  })
  taskId!: string | null;

  @ApiProperty({ type: String, description: 'The batch.', example: 'B20250601' })
  batchId!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When a call of the batch first arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  firstSeenAt!: string;

  @NameOf('task')
  taskName!: string | null;

  @NameOf('batch')
  batchName!: string | null;

  @NoteOfLabel()
  note!: string | null;
}

export class BatchPage extends PageOf(BatchDto, 'The batches.') {}

/** Which batches, in which order. */
export class BatchQuery extends PageQuery {
  @NameParameter('batches')
  name?: string;

  @ListParameter({ description: 'The task.', example: '118100000000000001' })
  taskId?: string[];

  @ListParameter({ description: 'The batch.', example: 'B20250601' })
  batchId?: string[];

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
