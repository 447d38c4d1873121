import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf } from '../../http/parameters/page.js';
import { Field, text } from '../../http/parameters/value-rules.js';
import { coreOf } from '../../numbers/core.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const STATUSES = ['pending', 'running', 'done'];
const NOT_A_NUMBER = 'must be a telephone number of 7 to 15 digits';
const NUMBER = text({
  minLength: 7,
  // Enough for twenty digits with three characters between each two of them.
  maxLength: 100,
  isOne: (written) => coreOf(written) !== undefined,
  expected: NOT_A_NUMBER,
  type: NOT_A_NUMBER,
});
const REASON = text({
  minLength: 1,
  maxLength: 1000,
  // At least one character must not be a space.
  pattern: '^[^\\x00]*[^\\x00\\s][^\\x00]*$',
  expected: 'must give a reason, not only spaces',
});
const Count = (description: string, example: number) =>
  ApiProperty({ type: 'integer', description, example });
const Instant = (description: string, options: { nullable?: boolean; example: string | null }) =>
  ApiProperty({ type: String, format: 'date-time', description, ...options });

/** A request to erase a number. */
export class ErasureRequest {
  @Field(NUMBER, {
    description:
      'The phone number, with or without country code 86, leading 0 and separators, in digits of any script. It is erased in every notation. Without prefix and separators it must have 7 to 15 digits.',
    example: '13900000000',
  })
  number!: string;

  @Field(REASON, {
    description: 'Why you erase the number. The number itself is removed from this text.',
    example: 'Requested by the person, ticket 4711',
  })
  reason!: string;
}

/** An erasure job that was accepted. */
export class AcceptedErasure {
  @ApiProperty({ ...ID, description: 'The id of the job.' })
  id!: string;

  @ApiProperty({ type: String, enum: STATUSES, description: 'The progress of the job.', example: 'pending' })
  status!: string;
}

/** Counts of what a job has erased. */
@ApiSchema({ name: 'ErasedCounts' })
export class ErasedCountsDto {
  @Count('Number of deleted calls.', 12)
  calls!: number;

  @Count('Number of deleted earlier contents of calls.', 3)
  revisions!: number;

  @Count('Number of push bodies from which the number was removed.', 9)
  bodies!: number;

  @Count('Number of quarantine entries from which the number was removed.', 1)
  quarantineEntries!: number;

  @Count(
    'Number of pushes with the phone number that waited in a journal, plus copies of damaged journal files with it.',
    0,
  )
  journalEntries!: number;

  @Count('Number of deleted entries of the schema drift.', 0)
  schemaDrift!: number;
}

/** A job that erases a number. */
@ApiSchema({ name: 'Erasure' })
export class ErasureDto {
  @ApiProperty({ ...ID, description: 'The id of the job.' })
  id!: string;

  @ApiProperty({
    type: String,
    enum: STATUSES,
    description:
      'The progress of the job. `done` means that a search through everything no longer found the number. A job that is done becomes `pending` again if the service later writes something with the number that it received before the request.',
    example: 'done',
  })
  status!: string;

  @ApiProperty({
    type: String,
    description: 'Why the number is erased.',
    example: 'Requested by the person, ticket 4711',
  })
  reason!: string;

  @Instant('When the erasure was requested. It covers everything that was received until then.', {
    example: '2025-06-01T02:05:31.120Z',
  })
  requestedAt!: string;

  @Instant('When the search began; null before that.', {
    nullable: true,
    example: '2025-06-01T02:05:31.200Z',
  })
  startedAt!: string | null;

  @Instant('When the job was done; null before that.', {
    nullable: true,
    example: '2025-06-01T02:11:08.004Z',
  })
  finishedAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the job waits for, or why its last attempt failed. Null if there is no problem.',
    example: null,
  })
  problem!: string | null;

  @ApiProperty({ type: ErasedCountsDto, description: 'What the job has erased so far.' })
  erased!: ErasedCountsDto;
}

export class ErasurePage extends PageOf(ErasureDto, 'The erasure jobs, newest first.') {}
