import { ApiProperty } from '@nestjs/swagger';
import { Sums } from '../totals.js';
import { MOST_ROWS } from './stats-query.dto.js';

function groupField(field: string, example: string): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description: `Only when grouped by ${field}; null: of the calls that have none.`,
    example,
  });
}

function edge(description: string, example: string): PropertyDecorator {
  return ApiProperty({ type: String, format: 'date-time', nullable: true, description, example });
}

/** What the calls of one part of the range and one group add up to. */
export class CallStatsRow extends Sums {
  @edge(
    'Where this part of the range begins: where the interval does, or `from` where that is later. Null without an interval and without `from`.',
    '2025-05-31T16:00:00.000Z',
  )
  start!: string | null;

  @edge(
    'Where it ends, exclusive: where the next one begins, or `to` where that is earlier. Null without an interval and without `to`.',
    '2025-06-01T16:00:00.000Z',
  )
  end!: string | null;

  @ApiProperty({
    type: String,
    required: false,
    description: 'Only when grouped by source.',
    example: 'vendor',
  })
  source?: string | null;

  @groupField('taskId', '118100000000000001')
  taskId?: string | null;

  @groupField('batchId', 'B20250601')
  batchId?: string | null;

  @groupField('statusCode', '200000')
  statusCode?: string | null;

  @groupField('smartStatusCode', 'ANSWERED')
  smartStatusCode?: string | null;

  @groupField('hangupDirection', 'User')
  hangupDirection?: string | null;

  @ApiProperty({
    type: Number,
    minimum: 0,
    nullable: true,
    description:
      'Seconds from originateTime to startTime, on average over the answered calls that have both; null without one.',
    example: 14.25,
  })
  averageAnswerDelay!: number | null;
}

/** The statistics of calls. */
export class CallStats {
  @ApiProperty({
    type: [CallStatsRow],
    maxItems: MOST_ROWS,
    description:
      'Sorted by start, then by the fields they are grouped by, in the order in which `groupBy` names them (bytewise, null first).',
  })
  data!: CallStatsRow[];
}
