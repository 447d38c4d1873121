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

/** What somebody did, or the service by itself. */
@ApiSchema({ name: 'AuditEvent' })
export class AuditEventDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The event.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  id!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When.',
    example: '2025-06-01T02:05:31.120Z',
  })
  at!: string;

  @ApiProperty({
    type: String,
    enum: [...AUDIT_ACTIONS],
    description:
      'What was done. `numbers.read`: an answer showed numbers that are not masked. `numbers.searched`: calls were searched by telephone number, whether or not there were any. `body.read`: the body of a push was answered. `export.begun` and `export.ended`: a file of calls. The others say it themselves.',
    example: 'numbers.read',
  })
  action!: string;

  @NullableText(
    'The API key that asked; `admin` for the key of the settings, null for the service itself.',
    '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  )
  keyId!: string | null;

  @NullableText("The key's name.", 'reporting')
  keyName!: string | null;

  @NullableText('From where; null for the service itself, or when nobody knows.', '203.0.113.7')
  remoteAddress!: string | null;

  @NullableText("The request's `X-Request-Id`.", '0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52')
  requestId!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'What was asked for, and what came of it; its fields depend on the action. Numbers in it are masked, for everybody.',
    example: { request: 'GET /v1/calls', parameters: { callee: '139****0000' }, masked: false },
  })
  detail!: Record<string, unknown>;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'How many rows it concerns: entries shown, numbers searched by, calls exported, entries replayed, rows erased.',
    example: 50,
  })
  rows!: number | null;
}

export class AuditEventPage extends PageOf(AuditEventDto, 'The events, the newest first.') {}

class AuditConditions {
  @ChoicesParameter({ description: 'What was done.', example: 'numbers.read' }, AUDIT_ACTIONS)
  action?: string[];

  @ListParameter({ description: 'The API key that asked, or `admin`.', example: 'admin' })
  keyId?: string[];

  @InstantParameter({ description: 'Not before.', example: '2025-06-01' })
  from?: string;

  @InstantParameter({ description: 'Before.', example: '2025-06-02' })
  to?: string;

  @TimeZoneParameter()
  timeZone?: string;
}

/** Which events to list. All conditions must hold. */
export class AuditQuery extends IntersectionType(PageQuery, AuditConditions) {}
