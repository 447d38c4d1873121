import { ApiProperty } from '@nestjs/swagger';
import { NameOf } from '../labels/label.dto.js';
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

function answerDelay(): PropertyDecorator {
  return ApiProperty({
    type: Number,
    minimum: 0,
    nullable: true,
    description:
      'Seconds from originateTime to startTime, on average over the answered calls that have both. Null if there is no such call.',
    example: 14.25,
  });
}

function difference(description: string, example: number): PropertyDecorator {
  return ApiProperty({ type: 'integer', minimum: -Number.MAX_SAFE_INTEGER, description, example });
}

function points(description: string, example: number): PropertyDecorator {
  return ApiProperty({ type: Number, nullable: true, description, example });
}

/** The sums of a period that another one is compared with. */
export class ComparedPeriod extends Sums {
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'The start of the period.',
    example: '2025-05-30T16:00:00.000Z',
  })
  start!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'The end of the period, exclusive.',
    example: '2025-05-31T16:00:00.000Z',
  })
  end!: string;

  @answerDelay()
  averageAnswerDelay!: number | null;
}

/** What changed from the previous period to the range. */
export class StatsChange {
  @difference('The difference of the calls.', -20)
  calls!: number;

  @difference('The difference of the answered calls.', -31)
  answered!: number;

  @difference('The difference of the total duration, in seconds.', -1860)
  totalDuration!: number;

  @points(
    'The difference of the answer rate, in percentage points. Null if one of the periods has no calls of the row.',
    -5.5,
  )
  answerRatePoints!: number | null;

  @points(
    "The difference of the row's share of all calls, in percentage points. Null if one of the periods has no calls.",
    2.5,
  )
  sharePoints!: number | null;

  @points(
    "How many percentage points of the difference of the total's answer rate come from this row: from its own rate, and from its share of all calls. Those of all rows add up to the difference of the total. Null if one of the periods has no calls.",
    -1.25,
  )
  effectPoints!: number | null;
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

  @NameOf('task', false)
  taskName?: string | null;

  @NameOf('batch', false)
  batchName?: string | null;

  @groupField('statusCode', '200000')
  statusCode?: string | null;

  @groupField('smartStatusCode', 'ANSWERED')
  smartStatusCode?: string | null;

  @groupField('hangupDirection', 'User')
  hangupDirection?: string | null;

  @groupField('majorIntent', 'A')
  majorIntent?: string | null;

  @groupField('caller, as it was pushed', '05710000000')
  caller?: string | null;

  @groupField('realCaller, as it was pushed', '05710000001')
  realCaller?: string | null;

  @answerDelay()
  averageAnswerDelay!: number | null;

  @ApiProperty({
    type: ComparedPeriod,
    required: false,
    description: 'Only with `compare`: the figures of the previous period.',
  })
  previous?: ComparedPeriod;

  @ApiProperty({
    type: StatsChange,
    required: false,
    description: 'Only with `compare`: the figures minus those of the previous period.',
  })
  change?: StatsChange;
}

/** The sums of all calls of the range, and of the previous period. */
export class ComparedTotal extends ComparedPeriod {
  @ApiProperty({ type: ComparedPeriod, description: 'The figures of the previous period.' })
  previous!: ComparedPeriod;

  @ApiProperty({
    type: StatsChange,
    description: 'The figures minus those of the previous period. `effectPoints` equals `answerRatePoints`.',
  })
  change!: StatsChange;
}

/** The statistics of calls. */
export class CallStats {
  @ApiProperty({
    type: [CallStatsRow],
    maxItems: MOST_ROWS,
    description:
      'The rows, sorted by start, then by the grouping fields in the order of `groupBy` (bytewise, null first). Masked numbers are sorted as they are shown. With `compare`, the rows with the greatest effect on the total come first, whatever its sign.',
  })
  data!: CallStatsRow[];

  @ApiProperty({
    type: ComparedTotal,
    required: false,
    description: 'Only with `compare`: the sums of all rows.',
  })
  total?: ComparedTotal;
}
