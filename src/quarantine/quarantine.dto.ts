import { ApiProperty } from '@nestjs/swagger';
import { PageInfo, PageQuery } from '../http/page.dto.js';
import { ListParameter } from '../http/parameters.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;

/** What could not be read as a call, as it came. */
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
    type: String,
    enum: ['utf8', 'base64'],
    description: 'How `raw` writes the bytes.',
    example: 'utf8',
  })
  rawEncoding!: 'utf8' | 'base64';

  @ApiProperty({
    type: String,
    description: 'What came: its text, or base64 where it is not UTF-8.',
    example: '{"taskId":"1"}',
  })
  raw!: string;

  @ApiProperty({
    type: String,
    enum: ['open', 'replayed', 'discarded'],
    description: 'What became of it.',
    example: 'open',
  })
  status!: string;
}

export class QuarantinePage {
  @ApiProperty({ type: [QuarantineEntryDto], description: 'The entries, the newest first.' })
  data!: QuarantineEntryDto[];

  @ApiProperty({ type: PageInfo, description: 'Where this page stands.' })
  page!: PageInfo;
}

/** Which entries. */
export class QuarantineQuery extends PageQuery {
  @ListParameter({
    description: 'What became of the entry: `open`, `replayed`, `discarded`.',
    example: 'open',
  })
  status?: string[];

  @ListParameter({ description: 'The source that pushed it.', example: 'vendor' })
  source?: string[];
}
