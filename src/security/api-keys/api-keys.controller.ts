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
  description: 'The key.',
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
      'The keys that were made, the newest first. The key of the settings is not among them. To a key that is limited to sources, only those within its sources.',
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
    summary: 'Make an API key',
    description:
      'Makes a key that can do what is named, which its maker must be able to do too. It shares the rate and the other limits of its maker, unless that is the key of the settings. It works at once where it was made, and within two seconds in other processes.',
  })
  @ApiCreatedResponse({ type: NewApiKey, description: 'The key.' })
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
      'Ends a key for good: at once where it is asked for, within two seconds in other processes; its exports and waiting requests end then. It stays in the list. You can revoke only keys whose scopes and sources your own key has.',
  })
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'It is revoked.' })
  @MayBeMissing('There is no API key with this id')
  @BodyMayBeRefused()
  revoke(@Param('id') id: string, @Query() _none: NoParameters, @Asker() asker: Principal): Promise<void> {
    return this.keys.revoke(id, asker);
  }
}

/** Open to every key that can ask for anything: `numbers:read` only adds to the other scopes. */
@Controller('v1/api-keys/current')
@QueryApi(
  'calls:read',
  'stats:read',
  'deliveries:read',
  'quarantine:manage',
  'privacy:erase',
  'keys:manage',
  'audit:read',
)
@ApiTags('API keys')
export class CurrentKeyController {
  @Get()
  @ApiOperation({
    operationId: 'getCurrentApiKey',
    summary: 'Which key is this?',
    description: 'The key that asks, and what it may do: for programs that offer nothing else.',
  })
  @ApiOkResponse({ type: CurrentApiKey, description: 'The key.' })
  current(@Query() _none: NoParameters, @Asker() { keyId, name, scopes, sources }: Principal): CurrentApiKey {
    return { id: keyId, name, scopes: [...scopes], sources: sources === null ? null : [...sources] };
  }
}
