import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../http/parameters/page.js';
import {
  ChoicesParameter,
  InstantParameter,
  ListParameter,
  MOST_IN_A_LIST,
  SearchParameter,
  TimeZoneParameter,
} from '../http/parameters/parameters.js';
import {
  CURSOR,
  integer,
  list,
  oneOf,
  OptionalField,
  TEXT,
  text,
  TRUE_OR_FALSE,
  uuid,
} from '../http/parameters/value-rules.js';

export const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const RECEIVED_FROM = {
  description: 'Only entries that arrived at this time or later.',
  example: '2025-06-01T00:00:00+08:00',
};
const RECEIVED_TO = { description: 'Only entries that arrived before this time.', example: '2025-06-02' };
const SOURCE = { description: 'Only entries from these sources.', example: 'vendor' };
export const REASON = {
  description: 'Only entries with this reason, which is the whole text.',
  example: 'The callId is missing',
};
const DELIVERY = { description: 'Only entries of the deliveries with these ids.', example: ID.example };

const LONGEST_REASON = 600;
const MOST_REPLAYED = 10_000;
export const DEFAULT_REPLAYED = 1000;
const MOST_IDS = 1000;
const AN_ARRAY = 'must be an array of texts';
const DELIVERY_ID = uuid('must be ids of deliveries');
const STATUSES = ['open', 'replayed', 'discarded'] as const;

/** A record or a body that could not be read as calls, as it came. */
@ApiSchema({ name: 'QuarantineEntry' })
export class QuarantineEntryDto {
  @ApiProperty({ ...ID, description: 'The id of the entry.' })
  id!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the entry arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  receivedAt!: string;

  @ApiProperty({ type: String, description: 'The source that pushed it.', example: 'vendor' })
  source!: string;

  @ApiProperty({ ...ID, description: 'The id of the delivery that contained it.' })
  deliveryId!: string;

  @ApiProperty({
    type: String,
    description:
      'The place in the body: a JSON Pointer to the record, or `byte n` where the body stops being readable. Empty for the whole body.',
    example: '/3',
  })
  place!: string;

  @ApiProperty({
    type: String,
    description: 'Why it could not be read as a call.',
    example: 'The callId is missing',
  })
  reason!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'The number of records in the entry. Several records may share one entry. Null for a whole body.',
    example: 1,
  })
  records!: number | null;

  @ApiProperty({
    type: String,
    enum: ['utf8', 'base64'],
    description: 'The encoding of `raw`.',
    example: 'utf8',
  })
  rawEncoding!: 'utf8' | 'base64';

  @ApiProperty({
    type: String,
    description:
      'The original bytes, as text if they are UTF-8, otherwise as base64. Without `numbers:read`, phone numbers in the text are masked, and bytes that are not text are left out (empty).',
    example: '{"taskId":"1"}',
  })
  raw!: string;

  @ApiProperty({
    type: String,
    enum: [...STATUSES],
    description: 'The status of the entry.',
    example: 'open',
  })
  status!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the entry was replayed or discarded; null while it is open.',
    example: null,
  })
  resolvedAt!: string | null;

  @ApiProperty({
    ...ID,
    nullable: true,
    description: 'The id of the delivery that the replay created; null if the entry was not replayed.',
    example: null,
  })
  replayedAs!: string | null;
}

export class QuarantinePage extends PageOf(QuarantineEntryDto, 'The entries, newest first.') {}

class ReceivedRange {
  @InstantParameter(RECEIVED_FROM)
  receivedFrom?: string;

  @InstantParameter(RECEIVED_TO)
  receivedTo?: string;

  @TimeZoneParameter()
  timeZone?: string;
}

/** Filter for entries. An entry must meet all conditions. */
export class QuarantineSelection extends ReceivedRange {
  @ChoicesParameter({ description: 'Only entries with these statuses.', example: 'open' }, STATUSES)
  status?: string[];

  @ListParameter(SOURCE)
  source?: string[];

  @ListParameter(DELIVERY, DELIVERY_ID)
  deliveryId?: string[];

  @SearchParameter(REASON, LONGEST_REASON)
  reason?: string;
}

/** Filter for the list. */
export class QuarantineQuery extends IntersectionType(PageQuery, QuarantineSelection) {}

/** Filter for the open entries to replay or to discard. An entry must meet all conditions. */
class EntriesRequest extends ReceivedRange {
  @OptionalField(list(uuid('must be ids of entries'), { most: MOST_IDS, type: AN_ARRAY }), {
    description: 'Only the entries with these ids.',
    example: [ID.example],
  })
  ids?: string[];

  @OptionalField(list(TEXT, { most: MOST_IN_A_LIST, type: AN_ARRAY }), {
    ...SOURCE,
    example: [SOURCE.example],
  })
  source?: string[];

  @OptionalField(list(DELIVERY_ID, { most: MOST_IN_A_LIST, type: AN_ARRAY }), {
    ...DELIVERY,
    example: [DELIVERY.example],
  })
  deliveryId?: string[];

  @OptionalField(text({ minLength: 1, maxLength: LONGEST_REASON }), REASON)
  reason?: string;

  @OptionalField(oneOf(['open']), {
    description:
      'Selects all open entries. Unless `dryRun` is true, the request needs at least one of `status`, `ids`, `source`, `deliveryId`, `reason`, `receivedFrom` and `receivedTo`.',
    example: 'open',
  })
  status?: 'open';

  @OptionalField(TRUE_OR_FALSE, {
    description: 'If true, the request changes nothing and only counts what it would do.',
    example: true,
  })
  dryRun?: boolean;

  // The schema does not state the default, because generated clients would then demand the field.
  @OptionalField(integer(1, MOST_REPLAYED), {
    description: `The most entries to take. Default: ${DEFAULT_REPLAYED}.`,
    example: DEFAULT_REPLAYED,
  })
  limit?: number;

  @OptionalField(CURSOR, {
    description:
      'The `nextCursor` of the previous answer. The request continues after the entries that were taken.',
    example: 'WyJyZXBsYXkiLCIwMTk3MmEzZSJd',
  })
  cursor?: string;
}

/** The open entries to replay. */
export class ReplayRequest extends EntriesRequest {}

/** The open entries to discard. */
export class DiscardRequest extends EntriesRequest {}

/** The result of a replay. With `dryRun`, it is what a replay would do. */
export class ReplayResult {
  @ApiProperty({ type: Boolean, description: 'Whether the replay only counted.', example: false })
  dryRun!: boolean;

  @ApiProperty({ type: 'integer', description: 'Number of open entries that were read again.', example: 12 })
  examined!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Number of these entries that can be read now and are in the ledger.',
    example: 10,
  })
  replayed!: number;

  @ApiProperty({ type: 'integer', description: 'Number of calls in the replayed entries.', example: 10 })
  calls!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Number of entries that still cannot be read. They stay open.',
    example: 2,
  })
  unreadable!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Number of entries that the database refused. The log says why. They stay open.',
    example: 0,
  })
  refused!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Number of `ids` without an open entry.',
    example: 0,
  })
  notOpen!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send it as `cursor` to continue. Null if all entries have been read.',
    example: null,
  })
  nextCursor!: string | null;
}
