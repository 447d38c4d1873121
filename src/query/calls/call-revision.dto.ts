import { ApiProperty, ApiSchema, IntersectionType, PickType } from '@nestjs/swagger';
import { PageInfo } from '../../http/parameters/page.js';
import { CallContent } from './call.dto.js';
import { NoteDto, RecordingDto } from './call-messages.dto.js';
import { ANY_VALUE, KnownText, KnownTime } from './call-parts.dto.js';

const MESSAGES = ['report', 'note', 'recording'] as const;

/** What the contents of all messages have. */
const OF_ALL = [
  ...(['callId', 'taskId', 'batchId', 'detailId', 'outId'] as const),
  ...(['source', 'provenance', 'warnings', 'extra'] as const),
] as const;

/** A content of a note, without the conversation itself. */
export class NoteContent extends IntersectionType(
  PickType(CallContent, OF_ALL),
  PickType(NoteDto, ['majorIntent', 'outputTags', 'attempt', 'realCaller', 'turns']),
) {}

/** A content of the announcement of a recording. */
export class RecordingContent extends IntersectionType(
  PickType(CallContent, OF_ALL),
  PickType(RecordingDto, ['startTime', 'endTime', 'duration']),
) {
  @ApiProperty({
    type: String,
    nullable: true,
    description: "The vendor's URL of the file. Its query part, which has the signature, is not shown.",
    example: 'http://store.example.aliyuncs.com/a.wav?…',
  })
  recordFile!: string | null;
}

/** A field that differs between a content of a call and the content before. */
export class FieldChange {
  @KnownText({ description: 'The field.', example: 'duration' })
  field!: string;

  @ApiProperty({ oneOf: ANY_VALUE, description: 'Its value before.', example: 330 })
  before!: unknown;

  @ApiProperty({ oneOf: ANY_VALUE, description: 'Its value in this content.', example: 331 })
  after!: unknown;
}

/** One content of a call, its note or its recording, and the delivery that first brought it. */
@ApiSchema({ name: 'CallRevision' })
export class CallRevisionDto {
  @ApiProperty({
    type: String,
    enum: [...MESSAGES],
    description:
      "The vendor's message: the report of the call, its note, or the announcement of its recording.",
    example: 'report',
  })
  message!: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description:
      "The revision. Null for a content that was never current: it was received earlier than the ledger's content, or it had only ids.",
    example: 1,
  })
  revision!: number | null;

  @ApiProperty({ type: Boolean, description: 'Whether this is the current content.', example: true })
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
      'What it changed. Null for the first content, for a content that arrived too late to change anything, and if the content before is not kept any more.',
  })
  changes!: FieldChange[] | null;

  @ApiProperty({ type: CallContent, required: false, description: 'The content of a report.' })
  call?: CallContent;

  @ApiProperty({ type: NoteContent, required: false, description: 'The content of a note.' })
  note?: NoteContent;

  @ApiProperty({ type: RecordingContent, required: false, description: 'The content of a recording.' })
  recording?: RecordingContent;
}

export class CallHistory {
  @ApiProperty({ type: [CallRevisionDto], description: 'Every content, newest first.' })
  data!: CallRevisionDto[];

  @ApiProperty({ type: PageInfo, description: 'The limit of this page and the cursor of the next page.' })
  page!: PageInfo;
}
