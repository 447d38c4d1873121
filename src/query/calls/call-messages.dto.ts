import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { LARGEST_INTEGER } from '../../call/field-decorators.js';
import { CallWarning, KnownTime } from './call-parts.dto.js';

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
