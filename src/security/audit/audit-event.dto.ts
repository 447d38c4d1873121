import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { PageOf, PageQuery } from '../../http/parameters/page.js';
import {
  ChoicesParameter,
  InstantParameter,
  ListParameter,
  TimeZoneParameter,
} from '../../http/parameters/parameters.js';
import { AUDIT_ACTIONS } from './audit-log.js';

const NullableText = (description: string, example: string) =>
  ApiProperty({ type: String, nullable: true, description, example });

/** An event of the audit: what a key or the service itself did. */
@ApiSchema({ name: 'AuditEvent' })
export class AuditEventDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The id of the event.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  id!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the event happened.',
    example: '2025-06-01T02:05:31.120Z',
  })
  at!: string;

  @ApiProperty({
    type: String,
    enum: [...AUDIT_ACTIONS],
    description:
      'What was done. `numbers.read`: an answer, or a part of long lines of changes, showed unmasked phone numbers. `numbers.searched`: a search by phone number, with or without results. `body.read`: the body of a push was read. `export.begun` and `export.ended`: an export of calls began and ended. The names of the other actions explain themselves.',
    example: 'numbers.read',
  })
  action!: string;

  @NullableText(
    'The id of the API key; `admin` for the key of the settings, null for the service itself.',
    '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  )
  keyId!: string | null;

  @NullableText('The name of the API key.', 'reporting')
  keyName!: string | null;

  @NullableText(
    'The address of the client; null for the service itself, or if it is not known.',
    '203.0.113.7',
  )
  remoteAddress!: string | null;

  @NullableText(
    'The `X-Request-Id` of the request; null for the service itself.',
    '0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52',
  )
  requestId!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'The request and its result. The fields depend on the action. Phone numbers in it are always masked.',
    example: { request: 'GET /v1/calls', parameters: { callee: '139****0000' }, masked: false },
  })
  detail!: Record<string, unknown>;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'The number of rows concerned: entries shown, numbers searched, calls exported, entries replayed, or rows erased. Null if nothing is counted.',
    example: 50,
  })
  rows!: number | null;
}

export class AuditEventPage extends PageOf(AuditEventDto, 'The events, newest first.') {}

class AuditConditions {
  @ChoicesParameter(
    { description: 'Only events with these actions.', example: 'numbers.read' },
    AUDIT_ACTIONS,
  )
  action?: string[];

  @ListParameter({ description: 'Only events of the API keys with these ids, or `admin`.', example: 'admin' })
  keyId?: string[];

  @InstantParameter({ description: 'Only events at this time or later.', example: '2025-06-01' })
  from?: string;

  @InstantParameter({ description: 'Only events before this time.', example: '2025-06-02' })
  to?: string;

  @TimeZoneParameter()
  timeZone?: string;
}

/** Filter for the list. An event must meet all conditions. */
export class AuditQuery extends IntersectionType(PageQuery, AuditConditions) {}
