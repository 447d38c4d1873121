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
    summary: 'How does the service do?',
    description:
      'What a person wants to see first: the last push, how soon pushes are acknowledged, what waits in the journal and in the quarantine. It answers while the database is away, too. Not for keys that are limited to sources: it is of all of them.',
  })
  @ApiOkResponse({ type: StatusDto, description: 'How it does.' })
  now(@Query() _none: NoParameters): Promise<StatusDto> {
    return this.status.now();
  }
}
