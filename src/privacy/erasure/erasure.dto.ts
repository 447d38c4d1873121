import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf } from '../../http/parameters/page.js';
import { Field, text } from '../../http/parameters/value-rules.js';
import { coreOf } from '../../numbers/core.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const STATUSES = ['pending', 'running', 'done'];
const NOT_A_NUMBER = 'must be a telephone number of 7 to 15 digits';
const NUMBER = text({
  minLength: 7,
  // Twenty digits, with three characters between each two of them.
  maxLength: 100,
  isOne: (written) => coreOf(written) !== undefined,
  expected: NOT_A_NUMBER,
  type: NOT_A_NUMBER,
});
const REASON = text({
  minLength: 1,
  maxLength: 1000,
  // Not of spaces alone.
  pattern: '^[^\\x00]*[^\\x00\\s][^\\x00]*$',
  expected: 'must say why',
});
const Count = (description: string, example: number) =>
  ApiProperty({ type: 'integer', description, example });
const Instant = (description: string, options: { nullable?: boolean; example: string | null }) =>
  ApiProperty({ type: String, format: 'date-time', description, ...options });

/** What to erase, and why. */
export class ErasureRequest {
  @Field(NUMBER, {
    description:
      'The telephone number, with or without country code 86, leading 0 and separators, in digits of any script. It is erased however it is written. Without prefix and separators it has 7 to 15 digits.',
    example: '13900000000',
  })
  number!: string;

  @Field(REASON, {
    description: 'Why, for the record. The number itself is not kept in it.',
    example: 'Asked for by the person, ticket 4711',
  })
  reason!: string;
}

/** A job that has been taken on. */
export class AcceptedErasure {
  @ApiProperty({ ...ID, description: 'The job.' })
  id!: string;

  @ApiProperty({ type: String, enum: STATUSES, description: 'How far it is.', example: 'pending' })
  status!: string;
}

/** How many of what were erased. */
@ApiSchema({ name: 'ErasedCounts' })
export class ErasedCountsDto {
  @Count('Calls that were deleted.', 12)
  calls!: number;

  @Count('Earlier contents of calls that were deleted.', 3)
  revisions!: number;

  @Count('Bodies of pushes that were written anew without the number.', 9)
  bodies!: number;

  @Count('Entries of the quarantine that were written anew without the number.', 1)
  quarantineEntries!: number;

  @Count(
    'Pushes with the number that had waited in a journal, and copies of damaged journal files with it.',
    0,
  )
  journalEntries!: number;

  @Count('Notes of the schema drift that were deleted.', 0)
  schemaDrift!: number;
}

/** A job that erases a number. */
@ApiSchema({ name: 'Erasure' })
export class ErasureDto {
  @ApiProperty({ ...ID, description: 'The job.' })
  id!: string;

  @ApiProperty({
    type: String,
    enum: STATUSES,
    description:
      'How far it is. `done`: a search of everything has found nothing of the number. A job that is done becomes pending again when something is written that had been received before it.',
    example: 'done',
  })
  status!: string;

  @ApiProperty({ type: String, description: 'Why.', example: 'Asked for by the person, ticket 4711' })
  reason!: string;

  @Instant('When it was asked for: what was received until then is erased.', {
    example: '2025-06-01T02:05:31.120Z',
  })
  requestedAt!: string;

  @Instant('When the search began; null before.', { nullable: true, example: '2025-06-01T02:05:31.200Z' })
  startedAt!: string | null;

  @Instant('When it was done; null before.', { nullable: true, example: '2025-06-01T02:11:08.004Z' })
  finishedAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What it waits for, or why the last try failed; null when nothing is in its way.',
    example: null,
  })
  problem!: string | null;

  @ApiProperty({ type: ErasedCountsDto, description: 'What was erased so far.' })
  erased!: ErasedCountsDto;
}

export class ErasurePage extends PageOf(ErasureDto, 'The jobs, the newest first.') {}
