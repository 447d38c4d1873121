import {
  ApiProperty,
  type ApiPropertyOptions,
  ApiSchema,
  IntersectionType,
  OmitType,
  PartialType,
  PickType,
} from '@nestjs/swagger';
import { CallRecord } from '../../call/call-record.js';
import {
  fieldsOf,
  LARGEST_INTEGER,
  type VendorField,
  type WithTimesAs,
} from '../../call/field-decorators.js';
import { PageInfo, PageOf } from '../../http/parameters/page.js';
import { plainDateTime } from '../../time/civil-time.js';

interface Field {
  readonly description: string;
  readonly example: unknown;
}

const KnownText = (field: Field) => ApiProperty({ type: String, ...field });
const KnownTime = (field: Field) => ApiProperty({ type: String, format: 'date-time', ...field });

/** The vendor's examples are of Shanghai. */
const OFFSET_OF_EXAMPLES_MS = 28_800_000;

/** A class with a record's fields as the API answers them: times as ISO 8601. */
function answered<Fields extends object>(record: new () => Fields): new () => WithTimesAs<string, Fields>;
function answered(record: new () => object): new () => object {
  class VendorFields {}
  for (const field of fieldsOf(record)) ApiProperty(schemaOf(field))(VendorFields.prototype, field.name);
  return VendorFields;
}

function schemaOf({ kind, identifies, description, example }: VendorField): ApiPropertyOptions {
  if (identifies === 'key') return { type: String, description, example };
  const described = { nullable: true, description };
  if (kind === 'text') return { type: String, ...described, example };
  if (kind === 'integer') return { type: 'integer', maximum: LARGEST_INTEGER, ...described, example };
  const epochMs = (plainDateTime(String(example)) ?? 0) - OFFSET_OF_EXAMPLES_MS;
  return { type: String, format: 'date-time', ...described, example: new Date(epochMs).toISOString() };
}

/** JSON of any kind, each named: a schema that says nothing becomes an object in Nest's document. */
const ANY_VALUE = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'object', additionalProperties: true },
  { type: 'array', items: {} },
  { type: 'null' },
];

/** A field of the record that could not be read, or not wholly. */
export class CallWarning {
  @KnownText({ description: 'The field.', example: 'ringTime' })
  field!: string;

  @KnownText({ description: 'Why.', example: 'is not a date and time of the calendar' })
  reason!: string;
}

/** The content of a call: the vendor's fields by the vendor's names, and what the ledger makes of them. */
export class CallContent extends answered(CallRecord) {
  @KnownTime({
    description:
      'When the call took place: the first present of originateTime, bOriginateTime, ringTime, startTime, endTime, and when none is, its arrival.',
    example: '2025-06-01T01:59:45.000Z',
  })
  occurredAt!: string;

  @ApiProperty({
    type: Boolean,
    description:
      'smartStatusCode is ANSWERED; where that is absent, startTime or a duration above 0 says so.',
    example: true,
  })
  answered!: boolean;

  @KnownText({ description: 'The source that pushed this content.', example: 'vendor' })
  source!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Fields that are not known, and known ones that could not be read, as they came.',
    example: { asrDuration: 12 },
  })
  extra!: Record<string, unknown> | null;

  @ApiProperty({
    type: [CallWarning],
    nullable: true,
    description: 'What could not be read, or not wholly.',
    example: null,
  })
  warnings!: CallWarning[] | null;
}

/** A call as the ledger holds it. */
@ApiSchema({ name: 'Call' })
export class CallDto extends CallContent {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: '1, and one more for each correction.',
    example: 1,
  })
  revision!: number;

  @KnownTime({
    description: 'When the first record of the call was received.',
    example: '2025-06-01T02:05:31.120Z',
  })
  firstReceivedAt!: string;

  @KnownTime({
    description:
      'When its present content was last received. A record that repeats it moves this time, which is no change: the feed does not tell it.',
    example: '2025-06-01T02:05:31.120Z',
  })
  lastReceivedAt!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The delivery that first brought its present content.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  deliveryId!: string;
}

/** A call of a list: all fields, or `callId` and those that `fields` names. */
export class SelectedCall extends IntersectionType(
  PickType(CallDto, ['callId']),
  PartialType(OmitType(CallDto, ['callId'])),
) {}

export class CallPage extends PageOf(SelectedCall, 'The calls.') {}

/** A field that one content of a call has otherwise than the one before. */
export class FieldChange {
  @KnownText({ description: 'The field.', example: 'duration' })
  field!: string;

  @ApiProperty({ oneOf: ANY_VALUE, description: 'What it held before.', example: 330 })
  before!: unknown;

  @ApiProperty({ oneOf: ANY_VALUE, description: 'What it has held since.', example: 331 })
  after!: unknown;
}

/** One content of a call and the delivery that brought it. */
@ApiSchema({ name: 'CallRevision' })
export class CallRevisionDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description:
      "The revision; null for a content that never was the call's: it was received earlier than what the ledger held, or held nothing but ids.",
    example: 1,
  })
  revision!: number | null;

  @ApiProperty({ type: Boolean, description: 'Whether this is the present content.', example: true })
  current!: boolean;

  @KnownTime({ description: 'When it was last received.', example: '2025-06-01T02:05:31.120Z' })
  receivedAt!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The delivery that first brought it.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  deliveryId!: string;

  @ApiProperty({
    type: [FieldChange],
    nullable: true,
    description:
      'What it changed. Null for the first content, for one that arrived too late to change anything, and when the content before is not kept any more.',
  })
  changes!: FieldChange[] | null;

  @ApiProperty({ type: CallContent, description: 'The content.' })
  call!: CallContent;
}

export class CallHistory {
  @ApiProperty({ type: [CallRevisionDto], description: 'Every content, the newest first.' })
  data!: CallRevisionDto[];

  @ApiProperty({ type: PageInfo, description: 'Where this page stands.' })
  page!: PageInfo;
}
