import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../../http/parameters/page.js';
import { ChoicesParameter, ListParameter } from '../../http/parameters/parameters.js';

export const DRIFT_KINDS = ['unknownField', 'unlistedCode', 'otherType', 'unreadableField'] as const;

const DRIFT_STATUSES = ['open', 'acknowledged'] as const;

/** Something that differs from the vendor's documentation. */
@ApiSchema({ name: 'SchemaDrift' })
export class SchemaDriftDto {
  @ApiProperty({
    type: String,
    enum: [...DRIFT_KINDS],
    description:
      'The kind: an undocumented field, a code that no table lists, a field of another JSON type than documented, or a field that could not be read.',
    example: 'unlistedCode',
  })
  kind!: string;

  @ApiProperty({ type: String, description: 'The field.', example: 'statusCode' })
  field!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The code, the JSON type, or why the field could not be read. Null for an unknown field. At most 100 characters.',
    example: '200999',
  })
  value!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The JSON type that the vendor documents for the field. Null for a field that the vendor does not document. Where two messages have the field with different types, both.',
    example: 'string',
  })
  expected!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the first delivery with it arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  firstSeenAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the last delivery with it arrived.',
    example: '2025-06-03T11:12:13.140Z',
  })
  lastSeenAt!: string;

  @ApiProperty({ type: 'integer', description: 'Records with it.', example: 17 })
  count!: number;

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The last delivery with it.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  sampleDeliveryId!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When somebody acknowledged it. Null while it is open.',
    example: null,
  })
  acknowledgedAt!: string | null;
}

export class SchemaDriftPage extends PageOf(
  SchemaDriftDto,
  'The schema drift, most recently first seen first.',
) {}

class SchemaDriftConditions {
  @ChoicesParameter({ description: 'The kind.', example: 'unknownField' }, DRIFT_KINDS)
  kind?: string[];

  @ListParameter({ description: 'The field.', example: 'statusCode' })
  field?: string[];

  @ChoicesParameter({ description: 'Whether it has been acknowledged.', example: 'open' }, DRIFT_STATUSES)
  status?: (typeof DRIFT_STATUSES)[number][];
}

/** Which schema drift to list. All conditions must hold. */
export class SchemaDriftQuery extends IntersectionType(PageQuery, SchemaDriftConditions) {}
