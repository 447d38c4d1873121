import {
  BooleanParameter,
  ChoiceParameter,
  ChoicesParameter,
  InstantParameter,
  ListParameter,
  TimeZoneParameter,
} from '../../http/parameters/parameters.js';
import { type Interval, INTERVALS } from './bucket-edges.js';

/** Of one answer: more would be megabytes that nobody reads, and take the one thread that answers everybody. */
export const MOST_BUCKETS = 10_000;
export const MOST_ROWS = 10_000;

/** The interval that is not read from the rollups, which know no minutes, but from the calls themselves. */
export const MINUTE = '1m';
/** Of one answer by minutes: 1,000,000 calls in three hours took 0.9 s on two cores, and 1.2 s by result. */
export const MOST_MINUTES = 360;

export const GROUP_FIELDS = [
  'source',
  'taskId',
  'batchId',
  'statusCode',
  'smartStatusCode',
  'hangupDirection',
] as const;
export type GroupField = (typeof GROUP_FIELDS)[number];

export const COLUMN_OF: Readonly<Record<GroupField, string>> = {
  source: 'source',
  taskId: 'task_id',
  batchId: 'batch_id',
  statusCode: 'status_code',
  smartStatusCode: 'smart_status_code',
  hangupDirection: 'hangup_direction',
};

const ON_A_QUARTER = `Must fall on a quarter-hour of UTC, by which the statistics are kept; with interval \`${MINUTE}\` on a minute.`;

/** Which calls, and by what they are added up. All conditions must hold. */
export class StatsQuery {
  @InstantParameter({
    description: `Calls that occurred at this time or later; default: from the first call on. ${ON_A_QUARTER}`,
    example: '2025-06-01T00:00:00+08:00',
  })
  from?: string;

  @InstantParameter({
    description: `Calls that occurred before this time; default: up to the last call. ${ON_A_QUARTER}`,
    example: '2025-06-02',
  })
  to?: string;

  @TimeZoneParameter(
    'that dates without a time are in, and in which the intervals begin. Where they do not begin on quarter-hours of UTC (before about 1900, local mean time; Africa/Monrovia until 1972) the question is refused',
  )
  timeZone?: string;

  @ListParameter({ description: 'The source that pushed the call.', example: 'vendor' })
  source?: string[];

  @ListParameter({ description: 'The calling task.', example: '118100000000000001' })
  taskId?: string[];

  @ListParameter({ description: 'The batch of numbers.', example: 'B20250601' })
  batchId?: string[];

  @ListParameter({ description: "The carrier's result.", example: '200000' })
  statusCode?: string[];

  @ListParameter({ description: "The product's own result.", example: 'ANSWERED' })
  smartStatusCode?: string[];

  @ListParameter({ description: 'Who hung up.', example: 'User' })
  hangupDirection?: string[];

  @ChoiceParameter(
    {
      description: `How the range is divided, at most into ${MOST_BUCKETS} parts; \`${MINUTE}\` needs \`from\` and \`to\`, on any minute, at most ${MOST_MINUTES / 60} hours apart, and counts the calls that there are: one that was erased, or kept long enough, is missing there only; weeks begin on Monday. Where clocks change, a day has 23 or 25 hours, and an hour that the clocks show twice counts as two; where they change by half an hour (Australia/Lord_Howe), one hour has 90 or 30 minutes.`,
      example: 'day',
    },
    ['none', MINUTE, ...INTERVALS],
    'none',
  )
  interval?: 'none' | typeof MINUTE | Interval;

  @ChoicesParameter(
    {
      description: `The fields that split the sums further, into at most ${MOST_ROWS} rows.`,
      example: 'taskId,smartStatusCode',
    },
    GROUP_FIELDS,
  )
  groupBy?: GroupField[];

  @BooleanParameter({
    description:
      'true: parts of the range without calls are answered too, with zeros; with `groupBy`, for every group that occurs in the range. Default: false.',
    example: false,
  })
  fill?: boolean;
}
