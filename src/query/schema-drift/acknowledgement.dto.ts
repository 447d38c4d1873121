import { ApiProperty } from '@nestjs/swagger';
import { InstantParameter, MOST_IN_A_LIST, TimeZoneParameter } from '../../http/parameters/parameters.js';
import { list, oneOf, OptionalField, TEXT, TRUE_OR_FALSE } from '../../http/parameters/value-rules.js';
import { DRIFT_KINDS } from './schema-drift.dto.js';

const AN_ARRAY = 'must be an array of texts';

/** Which open entries to acknowledge. An entry must meet all conditions. */
export class AcknowledgeRequest {
  @OptionalField(
    list(oneOf(DRIFT_KINDS, 'must be one or more of'), {
      least: 1,
      most: DRIFT_KINDS.length,
      unique: true,
      type: AN_ARRAY,
    }),
    { description: 'Only entries of these kinds.', example: ['unlistedCode'] },
  )
  kind?: string[];

  @OptionalField(list(TEXT, { least: 1, most: MOST_IN_A_LIST, type: AN_ARRAY }), {
    description: 'Only entries with these fields.',
    example: ['statusCode'],
  })
  field?: string[];

  @InstantParameter({
    description:
      'Only entries that were first seen before this time. Send the time at which you read the list, so that nothing is acknowledged that came later.',
    example: '2025-06-02',
  })
  firstSeenTo?: string;

  @TimeZoneParameter()
  timeZone?: string;

  @OptionalField(oneOf(['open']), {
    description:
      'Selects all open entries. Unless `dryRun` is true, the request needs at least one of `status`, `kind`, `field` and `firstSeenTo`.',
    example: 'open',
  })
  status?: 'open';

  @OptionalField(TRUE_OR_FALSE, {
    description: 'If true, the request changes nothing and only counts what it would do.',
    example: true,
  })
  dryRun?: boolean;
}

/** The result of an acknowledgement. With `dryRun`, it is what it would do. */
export class AcknowledgeResult {
  @ApiProperty({ type: Boolean, description: 'Whether the request only counted.', example: true })
  dryRun!: boolean;

  @ApiProperty({ type: 'integer', description: 'Number of acknowledged entries.', example: 3 })
  acknowledged!: number;
}
