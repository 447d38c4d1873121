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
import { NoteDto, RecordingDto } from './call-messages.dto.js';
import { CallWarning, KnownText, KnownTime } from './call-parts.dto.js';
import { NameOf } from '../labels/label.dto.js';
import { PageOf } from '../../http/parameters/page.js';
import { plainDateTime } from '../../time/civil-time.js';

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

/** A call in the ledger. */
@ApiExtraModels(NoteDto, RecordingDto)
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

/** A call with the names of its task and its batch. */
@ApiSchema({ name: 'Call' })
export class NamedCall extends CallDto {
  @NameOf('task')
  taskName!: string | null;

  @NameOf('batch')
  batchName!: string | null;
}

/** A call in the feed: all fields, or `callId` and the fields that the parameter `fields` names. */
export class SelectedCall extends IntersectionType(
  PickType(CallDto, ['callId']),
  PartialType(OmitType(CallDto, ['callId'])),
) {}

/** A call in a list: all fields, or `callId` and the fields that the parameter `fields` names. */
export class ListedCall extends IntersectionType(
  PickType(NamedCall, ['callId']),
  PartialType(OmitType(NamedCall, ['callId'])),
) {}

export class CallPage extends PageOf(ListedCall, 'The calls.') {}
