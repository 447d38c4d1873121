import { ApiProperty } from '@nestjs/swagger';
import { Sums } from '../totals.js';
import { MOST_ROWS } from './stats-query.dto.js';

function groupField(field: string, example: string): PropertyDecorator {
  return ApiProperty({
    type: String,
    nullable: true,
    required: false,
    description: `Only when grouped by ${field}. Null for calls without it.`,
    example,
  });
}

function edge(description: string, example: string): PropertyDecorator {
  return ApiProperty({ type: String, format: 'date-time', nullable: true, description, example });
}

/** The sums of the calls in one part of the range and one group. */
export class CallStatsRow extends Sums {
  @edge(
    'The start of this part of the range: the start of the interval, or `from` if that is later. Null without an interval and without `from`.',
    '2025-05-31T16:00:00.000Z',
  )
  start!: string | null;

  @edge(
    'The end, exclusive: the start of the next part, or `to` if that is earlier. Null without an interval and without `to`.',
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

  @groupField('majorIntent', 'A')
  majorIntent?: string | null;

  @ApiProperty({
    type: Number,
    minimum: 0,
    nullable: true,
    description:
      'Seconds from originateTime to startTime, on average over the answered calls that have both. Null if there is no such call.',
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
      'The rows, sorted by start, then by the grouping fields in the order of `groupBy` (bytewise, null first).',
  })
  data!: CallStatsRow[];
}
