import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../../http/parameters/page.js';
import { ChoiceParameter, ListParameter } from '../../http/parameters/parameters.js';
import { Totals } from '../totals.js';

/** A batch of numbers of a task and what its calls add up to. */
@ApiSchema({ name: 'Batch' })
export class BatchDto extends Totals {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The task; null for a batch whose calls name none.',
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
}

export class BatchPage extends PageOf(BatchDto, 'The batches.') {}

/** Which batches, in which order. */
export class BatchQuery extends PageQuery {
  @ListParameter({ description: 'The task.', example: '118100000000000001' })
  taskId?: string[];

  @ListParameter({ description: 'The batch.', example: 'B20250601' })
  batchId?: string[];

  @ChoiceParameter(
    { description: 'The batches first seen last come first, or last.', example: 'desc' },
    ['desc', 'asc'],
    'desc',
  )
  order?: 'desc' | 'asc';
}
