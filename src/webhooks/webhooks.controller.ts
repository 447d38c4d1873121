import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext, PageQuery } from '../http/parameters/page.js';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { BodyMayBeRefused, MayBeMissing, MayConflict } from '../http/problems/problem.docs.js';
import { Asker, type Principal } from '../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../security/query-api.js';
import { WebhookMessage } from './webhook-message.dto.js';
import { NewWebhookRequest, RewindRequest, WebhookChanges } from './webhook-request.dto.js';
import {
  NewWebhook,
  RotatedSecret,
  WebhookAttemptDto,
  WebhookAttemptPage,
  WebhookDto,
  WebhookPage,
} from './webhook.dto.js';
import { WebhooksService } from './webhooks.service.js';

const ID = {
  name: 'id',
  format: 'uuid',
  description: 'The id of the webhook.',
  example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
};
const MISSING = 'There is no webhook with this id';

@Controller('v1/webhooks')
@QueryApi('webhooks:manage')
@ApiTags('Webhooks')
@ApiExtraModels(WebhookMessage)
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Create a webhook',
    description:
      'From now on, changes of calls are sent to the URL, in the order of the feed and at least once. A webhook sends only calls of the sources that your key may see. It is paused when your key is revoked or expires.',
  })
  @ApiCreatedResponse({ type: NewWebhook, description: 'The new webhook, with its secret.' })
  @BodyMayBeRefused()
  create(
    @Body() request: NewWebhookRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<NewWebhook> {
    return this.webhooks.create(request, asker);
  }

  @Get()
  @ApiOperation({
    operationId: 'listWebhooks',
    summary: 'List webhooks',
    description:
      'Lists the webhooks, newest first. A key that is limited to sources sees only webhooks that send calls of these sources or some of them.',
  })
  @ApiOkResponse({ type: WebhookPage, description: 'A page of webhooks.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: PageQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookPage> {
    return linkNext(await this.webhooks.list(query, asker), request, response);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getWebhook',
    summary: 'Get a webhook',
    description: 'Shows a webhook, how far it is, and what its last requests became.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: WebhookDto, description: 'The webhook.' })
  @MayBeMissing(MISSING)
  find(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<WebhookDto> {
    return this.webhooks.find(id, asker);
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'changeWebhook',
    summary: 'Change, pause or resume a webhook',
    description:
      'Changes what is named, and tries again at once. Without `numbers:read`, a webhook that sends full numbers can only be paused.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: WebhookDto, description: 'The changed webhook.' })
  @MayBeMissing(MISSING)
  @MayConflict('The API key that made it was revoked or has expired. Make a new webhook with a valid key.')
  @BodyMayBeRefused()
  change(
    @Param('id') id: string,
    @Body() request: WebhookChanges,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<WebhookDto> {
    return this.webhooks.change(id, request, asker);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'Ends a webhook for ever, and forgets its attempts.',
  })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'The webhook is deleted.' })
  @MayBeMissing(MISSING)
  @BodyMayBeRefused()
  remove(@Param('id') id: string, @Query() _none: NoParameters, @Asker() asker: Principal): Promise<void> {
    return this.webhooks.remove(id, asker);
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Send a test to a webhook',
    description:
      'Sends `{"type": "webhook.test", "timestamp", "data": {}}` to the URL, signed like every request, and answers what became of it. It waits for a request that is under way. The cursor does not move, and a paused webhook stays paused.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: WebhookAttemptDto, description: 'What became of the request, also if it failed.' })
  @MayBeMissing(MISSING)
  @MayConflict('Another request to it is under way, or its secret can not be opened')
  @BodyMayBeRefused()
  test(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<WebhookAttemptDto> {
    return this.webhooks.test(id, asker);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Rotate the secret of a webhook',
    description:
      'Makes a new secret. For 24 hours, requests are signed with the new and with the earlier secret.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: RotatedSecret, description: 'The new secret.' })
  @MayBeMissing(MISSING)
  @BodyMayBeRefused()
  rotate(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<RotatedSecret> {
    return this.webhooks.rotate(id, asker);
  }

  @Post(':id/rewind')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rewindWebhook',
    summary: 'Set the cursor of a webhook',
    description:
      'Sends again what came after a cursor of the feed of changes, or what was received since a time. Give one of both. Calls that have changed several times since come once, as they are now.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: WebhookDto, description: 'The webhook.' })
  @MayBeMissing(MISSING)
  @BodyMayBeRefused()
  rewind(
    @Param('id') id: string,
    @Body() request: RewindRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<WebhookDto> {
    return this.webhooks.rewind(id, request, asker);
  }

  @Get(':id/attempts')
  @ApiOperation({
    operationId: 'listWebhookAttempts',
    summary: 'List the attempts of a webhook',
    description:
      'The requests of the last 7 days, newest first, at most 1,000. They show nothing of the calls.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: WebhookAttemptPage, description: 'A page of attempts.', headers: NEXT_PAGE_LINK })
  @MayBeMissing(MISSING)
  async attempts(
    @Param('id') id: string,
    @Query() query: PageQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookAttemptPage> {
    return linkNext(await this.webhooks.attempts(id, query, asker), request, response);
  }
}
