import { ApiProperty, ApiSchema } from '@nestjs/swagger';

const Count = (description: string, example: number) =>
  ApiProperty({ type: 'integer', description, example });
const Time = (description: string, example: string) =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, description, example });

/** Acknowledged pushes that took about as long. */
export class AcknowledgementBucket {
  @ApiProperty({
    type: Number,
    minimum: 0,
    nullable: true,
    description:
      'They took at most so many milliseconds, and more than those of the one before; null: longer than all.',
    example: 50,
  })
  upToMs!: number | null;

  @Count('How many they are.', 120)
  count!: number;
}

/** How soon pushes were acknowledged by the process that answers, since it started. */
export class Acknowledgements {
  @Count('Milliseconds after which the vendor gives up.', 700)
  limitMs!: number;

  @ApiProperty({
    type: [AcknowledgementBucket],
    description: 'From the head of a push having come to its 200 having left, the shortest first.',
  })
  buckets!: AcknowledgementBucket[];
}

/** The journal of the process that answers. */
@ApiSchema({ name: 'JournalLevel' })
export class JournalLevel {
  @Count('Pushes in it that are not in the database yet.', 0)
  entries!: number;

  @Count('Bytes that it holds.', 0)
  bytes!: number;

  @Count('Bytes that it may hold.', 1_073_741_824)
  maxBytes!: number;

  @Time('When the oldest push that waits in it came; null when none does.', '2025-06-01T02:05:31.120Z')
  oldestReceivedAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it could not take a push now; null when it could.',
    example: null,
  })
  problem!: string | null;
}

/** How the service does. */
@ApiSchema({ name: 'Status' })
export class StatusDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the process that answers started.',
    example: '2025-06-01T00:00:00.000Z',
  })
  startedAt!: string;

  @ApiProperty({
    type: Boolean,
    description: 'Whether the database answered now. While it does not, pushes go to the journal.',
    example: true,
  })
  databaseAnswers!: boolean;

  @Time(
    'When the last push came that was acknowledged; null when none was, or the database does not answer and none came to this process.',
    '2025-06-01T02:05:31.120Z',
  )
  lastPushAt!: string | null;

  @ApiProperty({
    type: 'integer',
    maximum: 100_000,
    nullable: true,
    description:
      'Open entries of the quarantine, 100,000 at most; null while the database does not answer, or is too busy to count them.',
    example: 2,
  })
  openQuarantineEntries!: number | null;

  @ApiProperty({ type: JournalLevel, nullable: true, description: 'The journal; null when it is off.' })
  journal!: JournalLevel | null;

  @ApiProperty({ type: Acknowledgements, description: 'How soon pushes were acknowledged.' })
  acknowledgements!: Acknowledgements;
}
