import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../../http/parameters/page.js';
import {
  BooleanParameter,
  ChoicesParameter,
  InstantParameter,
  ListParameter,
  TimeZoneParameter,
} from '../../http/parameters/parameters.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const WAYS = ['direct', 'journal', 'replay', 'erasure', 'pull', 'recording'] as const;
const Count = (description: string, example: number) =>
  ApiProperty({ type: 'integer', description, example });

/** A push that was acknowledged, and what it did. */
@ApiSchema({ name: 'Delivery' })
export class DeliveryDto {
  @ApiProperty({ ...ID, description: 'The delivery. The answer to the push had this id in `X-Delivery-Id`.' })
  id!: string;

  @ApiProperty({ type: String, description: 'The source that pushed it.', example: 'vendor' })
  source!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When it arrived.',
    example: '2025-06-01T02:05:31.120Z',
  })
  receivedAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The address that it came from. Null if it is not known any more.',
    example: '203.0.113.7',
  })
  remoteAddress!: string | null;

  @ApiProperty({
    type: String,
    pattern: '^([0-9a-f]{64})?$',
    description:
      'SHA-256 of its body after decompression, in hexadecimal. Empty for erasures and changes of recordings, which have no body.',
    example: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  })
  sha256!: string;

  @Count('Bytes of its body after decompression.', 12_100)
  bytes!: number;

  @Count(
    'Records in it. Unless it is a redelivery, this is the sum of stored, corrected, duplicate and quarantined.',
    20,
  )
  records!: number;

  @Count('Calls that were new.', 18)
  stored!: number;

  @Count('Records with other content for a known call.', 1)
  corrected!: number;

  @Count('Records whose content the ledger had already.', 0)
  duplicate!: number;

  @Count('Records that could not be read as a call.', 1)
  quarantined!: number;

  @ApiProperty({
    type: String,
    enum: [...WAYS],
    description:
      "How it came into the ledger: directly, through the journal, as a replay from the quarantine, as an erasure, as a repair that pulled missing calls from the vendor's query API, or as a change of recordings in this ledger.",
    example: 'direct',
  })
  via!: string;

  @ApiProperty({ type: Number, description: 'Milliseconds from its arrival to its commit.', example: 6.5 })
  ackMs!: number;

  @ApiProperty({
    ...ID,
    nullable: true,
    description:
      'For a redelivery, the delivery that had the same body within the hour before. Null otherwise.',
    example: null,
  })
  redeliveryOf!: string | null;
}

export class DeliveryPage extends PageOf(DeliveryDto, 'The deliveries, the newest first.') {}

class DeliveryConditions {
  @InstantParameter({
    description: 'Deliveries that arrived at this time or later.',
    example: '2025-06-01T00:00:00+08:00',
  })
  receivedFrom?: string;

  @InstantParameter({ description: 'Deliveries that arrived before this time.', example: '2025-06-02' })
  receivedTo?: string;

  @TimeZoneParameter()
  timeZone?: string;

  @ListParameter({ description: 'The source that pushed it.', example: 'vendor' })
  source?: string[];

  @ChoicesParameter({ description: 'How it came into the ledger.', example: 'journal' }, WAYS)
  via?: string[];

  @BooleanParameter({ description: 'Whether it is a redelivery.', example: false })
  redelivered?: boolean;

  @BooleanParameter({ description: 'Whether records of it went to the quarantine.', example: true })
  hasQuarantined?: boolean;
}

/** Which deliveries. All conditions must hold. */
export class DeliveryQuery extends IntersectionType(PageQuery, DeliveryConditions) {}
