import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../../http/parameters/page.js';
import { Asker, type Principal } from '../../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../../security/query-api.js';
import { BatchPage, BatchQuery } from './batch.dto.js';
import { BatchesService } from './batches.service.js';

@Controller('v1/batches')
@QueryApi('calls:read', 'stats:read')
@ApiTags('Tasks and batches')
export class BatchesController {
  constructor(private readonly batches: BatchesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listBatches',
    summary: 'List batches',
    description: 'Batches of all tasks with the totals of their calls.',
  })
  @ApiOkResponse({ type: BatchPage, description: 'A page of batches.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: BatchQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BatchPage> {
    return linkNext(await this.batches.list(query, asker), request, response);
  }
}
