import { ApiProperty, ApiSchema, IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { PageInfo } from '../../http/page.dto.js';

interface Field {
  readonly description: string;
  readonly example: unknown;
}

const Text = (field: Field) => ApiProperty({ type: String, nullable: true, ...field });
/** A column of PostgreSQL's `integer`. */
const Seconds = (field: Field) =>
  ApiProperty({ type: 'integer', maximum: 2_147_483_647, nullable: true, ...field });
const Time = (field: Field) => ApiProperty({ type: String, format: 'date-time', nullable: true, ...field });
const KnownText = (field: Field) => ApiProperty({ type: String, ...field });
const KnownTime = (field: Field) => ApiProperty({ type: String, format: 'date-time', ...field });

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
export class CallContent {
  @KnownText({ description: 'The call; unique.', example: '100001611234^100001811234' })
  callId!: string;

  @Text({ description: 'The calling task (campaign).', example: '118100000000000001' })
  taskId!: string | null;

  @Text({ description: 'The batch of numbers imported into the task.', example: 'B20250601' })
  batchId!: string | null;

  @Text({ description: 'The entry (one person to call) of the task.', example: '9662000000000001' })
  detailId!: string | null;

  @Text({ description: "The caller's own reference.", example: '123456' })
  outId!: string | null;

  @Time({ description: 'The voice service started the call.', example: '2025-06-01T01:59:45.000Z' })
  originateTime!: string | null;

  @Time({ description: 'The caller began to hear ringback.', example: '2025-06-01T01:59:50.000Z' })
  ringTime!: string | null;

  @Time({ description: 'The callee answered.', example: '2025-06-01T02:00:00.000Z' })
  startTime!: string | null;

  @Time({ description: 'The call ended.', example: '2025-06-01T02:05:30.000Z' })
  endTime!: string | null;

  @Seconds({ description: 'Length of the call in seconds.', example: 330 })
  duration!: number | null;

  @Time({ description: 'Start of the second leg, to the callee.', example: '2025-06-01T01:59:48.000Z' })
  bOriginateTime!: string | null;

  @Time({ description: 'The second leg began to ring.', example: '2025-06-01T01:59:52.000Z' })
  bRingTime!: string | null;

  @Time({ description: 'The second leg was answered.', example: '2025-06-01T01:59:55.000Z' })
  bStartTime!: string | null;

  @Time({ description: 'The second leg ended.', example: '2025-06-01T02:05:25.000Z' })
  bEndTime!: string | null;

  @Seconds({ description: 'Length of the second leg in seconds.', example: 320 })
  bDuration!: number | null;

  @Text({ description: "The carrier's result.", example: '200000' })
  statusCode!: string | null;

  @Text({ description: "The product's own result.", example: 'ANSWERED' })
  smartStatusCode!: string | null;

  @Text({ description: 'The result in words.', example: 'Call ended normally' })
  statusMsg!: string | null;

  @Text({ description: "The service instance's number.", example: '05710000000' })
  caller!: string | null;

  @Text({ description: 'The number that was shown.', example: '05710000001' })
  realCaller!: string | null;

  @Text({ description: 'The person called.', example: '13900000000' })
  callee!: string | null;

  @Text({ description: 'Who hung up.', example: 'User' })
  hangupDirection!: string | null;

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

export class CallPage {
  @ApiProperty({ type: [SelectedCall], description: 'The calls.' })
  data!: SelectedCall[];

  @ApiProperty({ type: PageInfo, description: 'Where this page stands.' })
  page!: PageInfo;
}

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
