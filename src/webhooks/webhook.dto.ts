import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf } from '../http/parameters/page.js';
import type { StoredFilter } from '../persistence/schema/entities/webhook.entities.js';
import { EVENTS } from './sending/kinds.repository.js';
import {
  CURSOR_EXAMPLE,
  DEFAULT_CHANGES,
  EVENT_DOCS,
  FILTER,
  FILTER_DOCS,
  NAME_DOCS,
  NUMBERS,
  STATES,
  URL_DOCS,
} from './webhook-request.dto.js';

const ID_EXAMPLE = '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f';
export const TIME_EXAMPLE = '2025-06-01T02:05:31.120Z';

/** The last request to a webhook that failed. */
export class WebhookFailure {
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was sent.', example: TIME_EXAMPLE })
  at!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The status of the answer; null if there was none.',
    example: 503,
  })
  status!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it failed.',
    example: 'The receiver answered 503',
  })
  problem!: string | null;
}

/** A webhook, without its secret. */
@ApiSchema({ name: 'Webhook' })
export class WebhookDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'The id of the webhook.', example: ID_EXAMPLE })
  id!: string;

  @ApiProperty({ ...NAME_DOCS, type: String })
  name!: string;

  @ApiProperty({ ...URL_DOCS, type: String })
  url!: string;

  @ApiProperty({ ...EVENT_DOCS, type: 'array', items: { type: 'string', enum: [...EVENTS] } })
  events!: string[];

  @ApiProperty({ ...FILTER.schema, ...FILTER_DOCS, type: 'object', additionalProperties: false })
  filter!: StoredFilter;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: 'The fields of calls that are sent; null: all.',
    example: ['outId', 'answered'],
  })
  fields!: string[] | null;

  @ApiProperty({
    type: String,
    enum: [...NUMBERS],
    description: 'How phone numbers are sent.',
    example: 'masked',
  })
  numbers!: string;

  @ApiProperty({ type: 'integer', description: 'The most changes in a request.', example: DEFAULT_CHANGES })
  maxChanges!: number;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: 'The sources that the key of its maker is limited to; null: no limit.',
    example: null,
  })
  sources!: string[] | null;

  @ApiProperty({
    type: String,
    description: 'The id of the key that made it; `admin` for the key of the settings.',
    example: 'admin',
  })
  createdBy!: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'When it was made.', example: TIME_EXAMPLE })
  createdAt!: string;

  @ApiProperty({ type: String, enum: [...STATES], description: 'Whether it sends.', example: 'active' })
  state!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it is paused, or why it can not send; null otherwise.',
    example: null,
  })
  reason!: string | null;

  @ApiProperty({
    type: String,
    description: 'All changes up to this place of the feed were sent, and taken.',
    example: CURSOR_EXAMPLE,
  })
  cursor!: string;

  @ApiProperty({
    type: 'integer',
    description:
      'How many changes come after the cursor, before the filters. The changes of at most 10,000 pushes are counted.',
    example: 0,
  })
  lagChanges!: number;

  @ApiProperty({
    type: 'integer',
    description: 'How long ago the oldest of these was received, in seconds. 0: there are none.',
    example: 0,
  })
  lagSeconds!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When a request last succeeded; null if none has.',
    example: TIME_EXAMPLE,
  })
  lastSuccessAt!: string | null;

  @ApiProperty({
    type: WebhookFailure,
    nullable: true,
    description: 'The last request that failed; null if none has.',
  })
  lastFailure!: WebhookFailure | null;
}

const SECRET = {
  type: String,
  description: 'The secret that signs requests, as Standard Webhooks says. It is shown only this once.',
  example: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
} as const;

/** A new webhook with its secret. */
export class NewWebhook extends WebhookDto {
  @ApiProperty(SECRET)
  secret!: string;
}

/** The new secret of a webhook. */
export class RotatedSecret {
  @ApiProperty(SECRET)
  secret!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'Until then, requests are signed with the earlier secret, too.',
    example: TIME_EXAMPLE,
  })
  earlierUntil!: string;
}

/** A request to a webhook's URL. */
@ApiSchema({ name: 'WebhookAttempt' })
export class WebhookAttemptDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'The id of the attempt.', example: ID_EXAMPLE })
  id!: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'When it was sent.', example: TIME_EXAMPLE })
  at!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'Its `webhook-id`. It stays the same while the same changes are tried again.',
    example: ID_EXAMPLE,
  })
  messageId!: string;

  @ApiProperty({ type: 'integer', description: 'How many changes it had. A test has none.', example: 100 })
  changes!: number;

  @ApiProperty({ type: 'integer', description: 'How long it took, in milliseconds.', example: 84 })
  durationMs!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The status of the answer; null if there was none.',
    example: 204,
  })
  status!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The first 200 characters of the answer. Phone numbers in it are masked.',
    example: '',
  })
  answer!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it failed; null if it did not.',
    example: null,
  })
  problem!: string | null;
}

export class WebhookPage extends PageOf(WebhookDto, 'The webhooks, newest first.') {}
export class WebhookAttemptPage extends PageOf(
  WebhookAttemptDto,
  'The attempts of the last 7 days, newest first; 1,000 at most.',
) {}
