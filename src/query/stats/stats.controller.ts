import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { StatsQuery } from './stats-query.dto.js';
import { CallStats } from './stats.dto.js';
import { StatsService } from './stats.service.js';

@Controller('v1/stats')
@QueryApi('stats:read')
@ApiTags('Statistics')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Get('calls')
  @ApiOperation({
    operationId: 'getCallStats',
    summary: 'Get statistics of calls',
    description:
      'Sums of calls, by time and by fields. They are exact: a call counts from the moment when its push is in the ledger, and a corrected call counts with its current content.',
  })
  @ApiOkResponse({ type: CallStats, description: 'The sums.' })
  calls(@Query() query: StatsQuery, @Asker() asker: Principal): Promise<CallStats> {
    return this.stats.calls(query, asker);
  }
}
