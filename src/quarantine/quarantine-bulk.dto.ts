import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { ID, REASON } from './quarantine.dto.js';

export const MOST_GROUPS = 1000;

/** The result of a discard of several entries. With `dryRun`, it is what a discard would do. */
export class DiscardResult {
  @ApiProperty({ type: Boolean, description: 'Whether the request only counted.', example: true })
  dryRun!: boolean;

  @ApiProperty({ type: 'integer', description: 'Number of discarded entries.', example: 118 })
  discarded!: number;

  @ApiProperty({ type: 'integer', description: 'Number of `ids` without an open entry.', example: 0 })
  notOpen!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send it as `cursor` to continue. Null if no entry is left.',
    example: null,
  })
  nextCursor!: string | null;
}

/** Entries with the same cause. */
@ApiSchema({ name: 'QuarantineGroup' })
export class QuarantineGroupDto {
  @ApiProperty({ ...REASON, type: String, description: 'Why the entries could not be read as calls.' })
  reason!: string;

  @ApiProperty({ type: String, description: 'The source that pushed them.', example: 'vendor' })
  source!: string;

  @ApiProperty({ type: 'integer', description: 'Number of entries.', example: 118 })
  entries!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the first of them arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  firstReceivedAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the last of them arrived.',
    example: '2025-06-01T03:12:07.000Z',
  })
  lastReceivedAt!: string;

  @ApiProperty({ ...ID, description: 'The newest of them.' })
  id!: string;
}

/** The quarantine, by cause. */
export class QuarantineGroups {
  @ApiProperty({
    type: [QuarantineGroupDto],
    maxItems: MOST_GROUPS,
    description: 'The groups, the largest first.',
  })
  data!: QuarantineGroupDto[];
}
