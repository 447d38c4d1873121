import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../../http/validation.pipe.js';
import { Asker, type Principal } from '../principal.js';
import { QueryApi } from '../query-api.js';
import { CurrentApiKey } from './api-key.dto.js';

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
