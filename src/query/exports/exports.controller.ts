import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { MayBeBusy } from '../../http/problem.docs.js';
import { NumberSearches } from '../../security/number-searches.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { ExportQuery } from './export-query.dto.js';
import { ExportedFile } from './exports.docs.js';
import { ExportsService } from './exports.service.js';

@Controller('v1/exports')
@QueryApi('calls:read')
@ApiTags('Exports')
export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly searches: NumberSearches,
  ) {}

  @Get('calls')
  @ApiOperation({
    operationId: 'exportCalls',
    summary: 'Export calls',
    description:
      'All calls of a filter as one file, whatever its size, as the ledger holds them at the moment of the request. A key, with the keys that it made, may have two exports at once (else 429).',
  })
  @ExportedFile()
  @MayBeBusy('Too many exports are running. Try again later')
  async calls(
    @Query() query: ExportQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<null> {
    await this.searches.admit(query, asker, request);
    await this.exports.send(query, asker, request, response);
    // The answer is written; what is returned only passes the interceptor that makes JSON of answers.
    return null;
  }
}
