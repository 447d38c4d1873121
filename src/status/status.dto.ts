import { ApiProperty, ApiSchema } from '@nestjs/swagger';

const Count = (description: string, example: number) =>
  ApiProperty({ type: 'integer', description, example });
const Time = (description: string, example: string) =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, description, example });

/** A bucket of the histogram of acknowledgement times. */
export class AcknowledgementBucket {
  @ApiProperty({
    type: Number,
    minimum: 0,
    nullable: true,
    description:
      'Upper bound of the bucket in milliseconds. Its pushes took longer than the upper bound of the bucket before. Null means no upper bound.',
    example: 50,
  })
  upToMs!: number | null;

  @Count('Number of acknowledged pushes in the bucket.', 120)
  count!: number;
}

/** How fast the answering process has acknowledged pushes since it started. */
export class Acknowledgements {
  @Count('Time in milliseconds after which the vendor stops waiting for the answer.', 700)
  limitMs!: number;

  @ApiProperty({
    type: [AcknowledgementBucket],
    description:
      'Histogram of the time from the arrival of the request headers to the end of the answer 200, shortest times first.',
  })
  buckets!: AcknowledgementBucket[];
}

/** The journal of the answering process. */
@ApiSchema({ name: 'JournalLevel' })
export class JournalLevel {
  @Count('Number of pushes in the journal that are not in the database yet.', 0)
  entries!: number;

  @Count('Size of the journal in bytes.', 0)
  bytes!: number;

  @Count('Maximum size of the journal in bytes.', 1_073_741_824)
  maxBytes!: number;

  @Time(
    'When the oldest push that waits in the journal arrived; null if none waits.',
    '2025-06-01T02:05:31.120Z',
  )
  oldestReceivedAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the journal cannot take a push now; null if it can.',
    example: null,
  })
  problem!: string | null;
}

/** Whether the setting PUSH_TIME_ZONE is right. */
@ApiSchema({ name: 'TimeZoneStatus' })
export class TimeZoneStatus {
  @ApiProperty({ type: String, description: 'The time zone of the setting.', example: 'Asia/Shanghai' })
  zone!: string;

  @ApiProperty({
    type: String,
    enum: ['proved', 'refuted', 'unknown'],
    description:
      'Whether the newest call that is known both by a push and by the query API of the vendor proves the time zone. `refuted` is an error: the times of pushes are read wrongly. `unknown`: no call was known both ways yet.',
    example: 'proved',
  })
  state!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'How many minutes the times of pushes are ahead of the epoch times of the vendor. Null if the state is `unknown`.',
    example: 0,
  })
  offsetMinutes!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What is wrong, and what to do. Null if nothing is known to be wrong.',
    example: null,
  })
  problem!: string | null;
}

/** What the checks of completeness have found. */
@ApiSchema({ name: 'CompletenessStatus' })
export class CompletenessStatus {
  @Count('Number of calls that the vendor counts and the ledger lacks, in all tasks.', 0)
  missingCalls!: number;

  @Time(
    'When the last check of the recent or of all tasks was done. Null if there was none.',
    '2025-06-01T02:05:31.120Z',
  )
  checkedAt!: string | null;
}

/** The status of the service. */
@ApiSchema({ name: 'Status' })
export class StatusDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the answering process started.',
    example: '2025-06-01T00:00:00.000Z',
  })
  startedAt!: string;

  @ApiProperty({
    type: Boolean,
    description:
      'Whether the database has answered just now. While it does not answer, pushes go to the journal.',
    example: true,
  })
  databaseAnswers!: boolean;

  @Time(
    'When the last acknowledged push arrived. Null if there is none. While the database does not answer, only pushes to the answering process count.',
    '2025-06-01T02:05:31.120Z',
  )
  lastPushAt!: string | null;

  @ApiProperty({
    type: 'integer',
    maximum: 100_000,
    nullable: true,
    description:
      'Number of open quarantine entries, 100,000 at most. Null while the database does not answer or is too busy to count them.',
    example: 2,
  })
  openQuarantineEntries!: number | null;

  @ApiProperty({ type: JournalLevel, nullable: true, description: 'The journal; null if it is off.' })
  journal!: JournalLevel | null;

  @ApiProperty({
    type: CompletenessStatus,
    nullable: true,
    description:
      'What the checks of completeness have found. Null without an access key to the vendor, and while the database does not answer.',
  })
  completeness!: CompletenessStatus | null;

  @ApiProperty({ type: TimeZoneStatus, description: 'Whether the time zone of the pushes is right.' })
  pushTimeZone!: TimeZoneStatus;

  @ApiProperty({ type: Acknowledgements, description: 'How fast pushes were acknowledged.' })
  acknowledgements!: Acknowledgements;
}
