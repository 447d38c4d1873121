import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext, PageQuery } from '../../http/parameters/page.js';
import { BodyMayBeRefused, MayBeMissing } from '../../http/problems/problem.docs.js';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { Asker, type Principal } from '../principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../query-api.js';
import { ApiKeyPage, CurrentApiKey, NewApiKey, NewApiKeyRequest } from './api-key.dto.js';
import { ApiKeysService } from './api-keys.service.js';

const ID = {
  name: 'id',
  format: 'uuid',
  description: 'The id of the key.',
  example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
};

@Controller('v1/api-keys')
@QueryApi('keys:manage')
@ApiTags('API keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @ApiOperation({
    operationId: 'listApiKeys',
    summary: 'List API keys',
    description:
      'Lists the keys, newest first. The key of the settings is not in the list. A key that is limited to sources sees only keys that are limited to these sources or some of them.',
  })
  @ApiOkResponse({ type: ApiKeyPage, description: 'A page of keys.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: PageQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ApiKeyPage> {
    return linkNext(await this.keys.list(query, asker), request, response);
  }

  @Post()
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Create an API key',
    description:
      'Creates a key. You can grant only scopes and sources that your own key has. The new key shares the rate and the other limits of your key, unless that is the key of the settings. It works at once in the process that created it, and within two seconds in other processes.',
  })
  @ApiCreatedResponse({ type: NewApiKey, description: 'The new key.' })
  @BodyMayBeRefused()
  create(
    @Body() request: NewApiKeyRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<NewApiKey> {
    return this.keys.create(request, asker);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description:
      'Revokes a key permanently. It stops working at once in the process that answers, and within two seconds in other processes. Its exports and waiting requests then end. The key stays in the list. You can revoke only keys whose scopes and sources your own key has.',
  })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'The key is revoked.' })
  @MayBeMissing('There is no API key with this id')
  @BodyMayBeRefused()
  revoke(@Param('id') id: string, @Query() _none: NoParameters, @Asker() asker: Principal): Promise<void> {
    return this.keys.revoke(id, asker);
  }
}

/** Every key with at least one of these scopes may use it. `numbers:read` only adds to the other scopes. */
@Controller('v1/api-keys/current')
@QueryApi(
  'calls:read',
  'conversations:read',
  'recordings:read',
  'stats:read',
  'deliveries:read',
  'quarantine:manage',
  'privacy:erase',
  'keys:manage',
  'audit:read',
  'completeness:manage',
  'webhooks:manage',
)
@ApiTags('API keys')
export class CurrentKeyController {
  @Get()
  @ApiOperation({
    operationId: 'getCurrentApiKey',
    summary: 'Get the current API key',
    description:
      'Shows the API key of the request, with its scopes and sources. A client can use it to offer only what the key may do.',
  })
  @ApiOkResponse({ type: CurrentApiKey, description: 'The key of the request.' })
  current(@Query() _none: NoParameters, @Asker() { keyId, name, scopes, sources }: Principal): CurrentApiKey {
    return { id: keyId, name, scopes: [...scopes], sources: sources === null ? null : [...sources] };
  }
}
