import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { QueryApi, WholeLedger } from '../security/query-api.js';
import { StatusDto } from './status.dto.js';
import { StatusService } from './status.service.js';

@Controller('v1/status')
@QueryApi('stats:read', 'deliveries:read')
@WholeLedger()
@ApiTags('Health')
export class StatusController {
  constructor(private readonly status: StatusService) {}

  @Get()
  @ApiOperation({
    operationId: 'getStatus',
    summary: 'Get the service status',
    description:
      'Shows the last push, how fast pushes are acknowledged, and what waits in the journal and in the quarantine. It also answers while the database is unavailable. Keys that are limited to sources cannot use it, because it covers all sources.',
  })
  @ApiOkResponse({ type: StatusDto, description: 'The status of the service.' })
  now(@Query() _none: NoParameters): Promise<StatusDto> {
    return this.status.now();
  }
}
