import {
  ApiExtraModels,
  ApiProperty,
  type ApiPropertyOptions,
  ApiSchema,
  getSchemaPath,
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
import { PageOf } from '../../http/parameters/page.js';
import { plainDateTime } from '../../time/civil-time.js';

interface Field {
  readonly description: string;
  readonly example: unknown;
}

export const KnownText = (field: Field) => ApiProperty({ type: String, ...field });
export const KnownTime = (field: Field) => ApiProperty({ type: String, format: 'date-time', ...field });

/** The times in the vendor's examples are in Shanghai's zone. */
const OFFSET_OF_EXAMPLES_MS = 28_800_000;

/** Makes a class with a record's fields in the API's form: times are ISO 8601. */
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

/** The schema of any JSON. Each type is named, because Nest's document makes an object of an empty schema. */
export const ANY_VALUE = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'object', additionalProperties: true },
  { type: 'array', items: {} },
  { type: 'null' },
];

/** A field of the record that could not be read, or not completely. */
export class CallWarning {
  @KnownText({ description: 'The field.', example: 'ringTime' })
  field!: string;

  @KnownText({
    description: 'Why it could not be read completely.',
    example: 'is not a date and time of the calendar',
  })
  reason!: string;
}

/** The content of a call: the vendor's fields under the vendor's names, and what the ledger derives from them. */
export class CallContent extends answered(CallRecord) {
  @KnownTime({
    description:
      'When the call took place: the first of originateTime, bOriginateTime, ringTime, startTime and endTime that is present. If none is, the time when its record arrived.',
    example: '2025-06-01T01:59:45.000Z',
  })
  occurredAt!: string;

  @ApiProperty({
    type: Boolean,
    description:
      'True if smartStatusCode is ANSWERED. Without smartStatusCode, true if there is a startTime or a duration above 0.',
    example: true,
  })
  answered!: boolean;

  @KnownText({ description: 'The source that pushed this content.', example: 'vendor' })
  source!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Unknown fields, and known fields that could not be read, as they arrived.',
    example: { asrDuration: 12 },
  })
  extra!: Record<string, unknown> | null;

  @ApiProperty({
    type: [CallWarning],
    nullable: true,
    description: 'The fields that could not be read, or not completely.',
    example: null,
  })
  warnings!: CallWarning[] | null;

  @ApiProperty({
    type: String,
    enum: ['pushed', 'pulled'],
    description:
      "Where this content comes from. `pushed`: the vendor pushed it. `pulled`: no push brought the call, and a repair got it from the vendor's query API. That API does not have all fields: the others are null. A pushed record always replaces a pulled one.",
    example: 'pushed',
  })
  provenance!: string;
}

/** What the vendor's note says of the conversation of a call. */
@ApiSchema({ name: 'Note' })
export class NoteDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The intent of the person who was called. The customer defines the intents.',
    example: 'A',
  })
  majorIntent!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: "The customer's own tags. A value is a text, or a list of texts.",
    example: { 是否来店: '是', 感兴趣: ['价格', '地址'] },
  })
  outputTags!: Record<string, unknown> | null;

  @ApiProperty({
    type: 'integer',
    maximum: LARGEST_INTEGER,
    nullable: true,
    description: 'Which attempt to reach the person this call was. The first one is 1.',
    example: 1,
  })
  attempt!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The number that was shown to the callee.',
    example: '05710000001',
  })
  realCaller!: string | null;

  @ApiProperty({
    type: 'integer',
    description:
      'The number of turns of the conversation, which `/v1/calls/{callId}/conversation` has. 0 if the note has none.',
    example: 14,
  })
  turns!: number;

  @KnownTime({
    description: 'When its current content was last received.',
    example: '2025-06-01T02:05:33.480Z',
  })
  receivedAt!: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: '1 for the first content of the note; each correction adds 1.',
    example: 1,
  })
  revision!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Unknown fields, and known fields that could not be read, as they arrived.',
    example: null,
  })
  extra!: Record<string, unknown> | null;

  @ApiProperty({
    type: [CallWarning],
    nullable: true,
    description: 'The fields that could not be read, or not completely.',
    example: null,
  })
  warnings!: CallWarning[] | null;
}

export const RECORDING_STATES = ['announced', 'kept', 'failed', 'expired', 'off', 'removed'] as const;

/** The recording of a call, and whether the ledger has it. */
@ApiSchema({ name: 'Recording' })
export class RecordingDto {
  @ApiProperty({
    type: String,
    enum: [...RECORDING_STATES],
    description:
      "`announced`: it will be downloaded. `kept`: `/v1/calls/{callId}/recording` has it. `failed`: a download failed, and is tried again until the vendor's URL expires. `expired`: that URL expired before. `off`: the ledger keeps no recordings. `removed`: its time of retention is over.",
    example: 'kept',
  })
  state!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the recording starts.',
    example: '2025-06-01T02:00:00.000Z',
  })
  startTime!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the recording ends.',
    example: '2025-06-01T02:05:30.000Z',
  })
  endTime!: string | null;

  @ApiProperty({
    type: 'integer',
    maximum: LARGEST_INTEGER,
    nullable: true,
    description: 'Its length in seconds, as the vendor says.',
    example: 330,
  })
  duration!: number | null;

  @KnownTime({
    description: 'When the vendor last announced it.',
    example: '2025-06-01T02:06:10.020Z',
  })
  announcedAt!: string;

  @KnownTime({
    description: "When the vendor's URL of it expires.",
    example: '2025-06-08T02:06:10.020Z',
  })
  expiresAt!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The bytes of the file. Null if none was kept.',
    example: 2_640_044,
  })
  bytes!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The content type of the file. Null if none was kept.',
    example: 'audio/x-wav',
  })
  contentType!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the last download failed.',
    example: null,
  })
  reason!: string | null;
}

/** A call in the ledger. */
@ApiExtraModels(NoteDto, RecordingDto)
@ApiSchema({ name: 'Call' })
export class CallDto extends CallContent {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: '1 for the first content; each correction adds 1.',
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
      'When its current content was last received. A record that repeats the content updates this time. That is no change, and the feed of changes does not show it.',
    example: '2025-06-01T02:05:31.120Z',
  })
  lastReceivedAt!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The delivery that first brought its current content.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  deliveryId!: string;

  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(NoteDto) }, { type: 'null' }],
    description: "The vendor's note of the conversation. Null if none came.",
  })
  note!: NoteDto | null;

  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(RecordingDto) }, { type: 'null' }],
    description: 'The recording. Null if none was announced.',
  })
  recording!: RecordingDto | null;
}

/** A call in a list: all fields, or `callId` and the fields that the parameter `fields` names. */
export class SelectedCall extends IntersectionType(
  PickType(CallDto, ['callId']),
  PartialType(OmitType(CallDto, ['callId'])),
) {}

export class CallPage extends PageOf(SelectedCall, 'The calls.') {}
