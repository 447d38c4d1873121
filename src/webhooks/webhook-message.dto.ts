import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { SelectedCall } from '../query/calls/call.dto.js';
import { EVENTS } from './sending/kinds.repository.js';
import { TIME_EXAMPLE } from './webhook.dto.js';
import { CURSOR_EXAMPLE, MOST_CHANGES } from './webhook-request.dto.js';

/** A change in a request to a webhook. */
@ApiSchema({ name: 'WebhookChange' })
class WebhookChange {
  @ApiProperty({
    type: String,
    enum: [...EVENTS, 'call.erased'],
    description:
      'The newest thing that happened to the call since the request before, of those that the webhook subscribes to.',
    example: 'call.stored',
  })
  event!: string;

  @ApiProperty({ type: String, description: 'The call.', example: '100001611234^100001811234' })
  callId!: string;

  @ApiProperty({
    type: SelectedCall,
    required: false,
    description: 'The call with its current content. An erased call has none.',
  })
  call?: SelectedCall;
}

/** What a request to a webhook tells. */
@ApiSchema({ name: 'WebhookData' })
class WebhookData {
  @ApiProperty({
    type: [WebhookChange],
    maxItems: MOST_CHANGES,
    description: 'The changes, in the order in which they were committed.',
  })
  changes!: WebhookChange[];

  @ApiProperty({
    type: String,
    description: 'The place in the feed of changes after these. `GET /v1/changes?after=` goes on there.',
    example: CURSOR_EXAMPLE,
  })
  cursor!: string;
}

/** The body of a request to a webhook. */
@ApiExtraModels(WebhookData, WebhookChange)
@ApiSchema({ name: 'WebhookMessage' })
export class WebhookMessage {
  @ApiProperty({
    type: String,
    enum: ['calls.changed'],
    description: 'The kind of request.',
    example: 'calls.changed',
  })
  type!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    description: 'When the request was first tried.',
    example: TIME_EXAMPLE,
  })
  timestamp!: string;

  @ApiProperty({ allOf: [{ $ref: getSchemaPath(WebhookData) }], description: 'The changes.' })
  data!: WebhookData;
}
