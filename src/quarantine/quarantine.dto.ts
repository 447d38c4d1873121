import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../http/parameters/page.js';
import {
  ChoicesParameter,
  InstantParameter,
  ListParameter,
  MOST_IN_A_LIST,
  TimeZoneParameter,
} from '../http/parameters/parameters.js';
import {
  CURSOR,
  integer,
  list,
  oneOf,
  OptionalField,
  TEXT,
  TRUE_OR_FALSE,
  uuid,
} from '../http/parameters/value-rules.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const RECEIVED_FROM = {
  description: 'What arrived at this time or later.',
  example: '2025-06-01T00:00:00+08:00',
};
const RECEIVED_TO = { description: 'What arrived before this time.', example: '2025-06-02' };
const SOURCE = { description: 'The source that pushed it.', example: 'vendor' };
const DELIVERY = { description: 'The delivery that brought it.', example: ID.example };

export const MOST_REPLAYED = 10_000;
export const DEFAULT_REPLAYED = 1000;
const MOST_IDS = 1000;
const AN_ARRAY = 'must be an array of texts';
const DELIVERY_ID = uuid('must be ids of deliveries');
const STATUSES = ['open', 'replayed', 'discarded'] as const;

/** What could not be read as a call, as it came. */
@ApiSchema({ name: 'QuarantineEntry' })
export class QuarantineEntryDto {
  @ApiProperty({ ...ID, description: 'The entry.' })
  id!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  receivedAt!: string;

  @ApiProperty({ type: String, description: 'The source that pushed it.', example: 'vendor' })
  source!: string;

  @ApiProperty({ ...ID, description: 'The delivery that brought it.' })
  deliveryId!: string;

  @ApiProperty({
    type: String,
    description:
      'Where in the body: a JSON Pointer of the record, `byte n` where the body breaks, or empty for all of it.',
    example: '/3',
  })
  place!: string;

  @ApiProperty({ type: String, description: 'Why it is no call.', example: 'The callId is missing' })
  reason!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many records it holds: several where many share an entry. Null for a whole body.',
    example: 1,
  })
  records!: number | null;

  @ApiProperty({
    type: String,
    enum: ['utf8', 'base64'],
    description: 'How `raw` writes the bytes.',
    example: 'utf8',
  })
  rawEncoding!: 'utf8' | 'base64';

  @ApiProperty({
    type: String,
    description:
      'What came: its text, or base64 where it is not UTF-8. Without `numbers:read`, numbers in it are masked, and what is not text is empty.',
    example: '{"taskId":"1"}',
  })
  raw!: string;

  @ApiProperty({
    type: String,
    enum: [...STATUSES],
    description: 'What became of it.',
    example: 'open',
  })
  status!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was replayed or discarded; null while it is open.',
    example: null,
  })
  resolvedAt!: string | null;

  @ApiProperty({
    ...ID,
    nullable: true,
    description: 'The delivery as which it was replayed; null otherwise.',
    example: null,
  })
  replayedAs!: string | null;
}

export class QuarantinePage extends PageOf(QuarantineEntryDto, 'The entries, the newest first.') {}

class ReceivedRange {
  @InstantParameter(RECEIVED_FROM)
  receivedFrom?: string;

  @InstantParameter(RECEIVED_TO)
  receivedTo?: string;

  @TimeZoneParameter()
  timeZone?: string;
}

/** Which entries to list. All conditions must hold. */
export class QuarantineQuery extends IntersectionType(PageQuery, ReceivedRange) {
  @ChoicesParameter({ description: 'What became of the entry.', example: 'open' }, STATUSES)
  status?: string[];

  @ListParameter(SOURCE)
  source?: string[];

  @ListParameter(DELIVERY, DELIVERY_ID)
  deliveryId?: string[];
}

/** Which entries to replay, of those that are open. All conditions must hold. */
export class ReplayRequest extends ReceivedRange {
  @OptionalField(list(uuid('must be ids of entries'), { most: MOST_IDS, type: AN_ARRAY }), {
    description: 'The entries.',
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

  @OptionalField(oneOf(['open']), {
    description:
      'Names all open entries. A replay that is no dry run needs this, `ids`, `source`, `deliveryId`, `receivedFrom` or `receivedTo`.',
    example: 'open',
  })
  status?: 'open';

  @OptionalField(TRUE_OR_FALSE, { description: 'Whether only to count what would happen.', example: true })
  dryRun?: boolean;

  // Were the default given as such, generated clients would demand the field.
  @OptionalField(integer(1, MOST_REPLAYED), {
    description: `Most entries to look at. Default: ${DEFAULT_REPLAYED}.`,
    example: DEFAULT_REPLAYED,
  })
  limit?: number;

  @OptionalField(CURSOR, {
    description: 'The `nextCursor` of the replay before, to go on behind the entries that it looked at.',
    example: 'WyJyZXBsYXkiLCIwMTk3MmEzZSJd',
  })
  cursor?: string;
}

/** What a replay did, or with `dryRun` would do. */
export class ReplayResult {
  @ApiProperty({ type: Boolean, description: 'Whether it only counted.', example: false })
  dryRun!: boolean;

  @ApiProperty({ type: 'integer', description: 'Open entries that were looked at.', example: 12 })
  examined!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Of these, entries that can be read now and are in the ledger.',
    example: 10,
  })
  replayed!: number;

  @ApiProperty({ type: 'integer', description: 'The calls that these hold.', example: 10 })
  calls!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Entries that still can not be read. They stay open.',
    example: 2,
  })
  unreadable!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Entries that the database did not take; the log says why. They stay open.',
    example: 0,
  })
  refused!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Entries named by `ids` that are not there or not open any more.',
    example: 0,
  })
  notOpen!: number;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'To be given as `cursor` to go on; null when all entries have been looked at.',
    example: null,
  })
  nextCursor!: string | null;
}
