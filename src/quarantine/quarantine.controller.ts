import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../http/page.js';
import { MayBeMissing } from '../http/problem.docs.js';
import { NoParameters } from '../http/validation.pipe.js';
import { NEXT_PAGE_LINK, QueryApi } from '../security/query-api.js';
import { QuarantineEntryDto, QuarantinePage, QuarantineQuery } from './quarantine.dto.js';
import { QuarantineService } from './quarantine.service.js';

@Controller('v1/quarantine')
@QueryApi()
@ApiTags('Quarantine')
export class QuarantineController {
  constructor(private readonly quarantine: QuarantineService) {}

  @Get()
  @ApiOperation({
    operationId: 'listQuarantine',
    summary: 'List what could not be read',
    description: 'Records and bodies that are no calls, as they came, with the place and the reason.',
  })
  @ApiOkResponse({ type: QuarantinePage, description: 'A page of entries.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: QuarantineQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuarantinePage> {
    return linkNext(await this.quarantine.list(query), request, response);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getQuarantined',
    summary: 'Get what could not be read',
    description: 'One entry.',
  })
  @ApiParam({ name: 'id', description: 'The entry.', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' })
  @ApiOkResponse({ type: QuarantineEntryDto, description: 'The entry.' })
  @MayBeMissing('There is no entry with this id in the quarantine')
  find(@Param('id') id: string, @Query() _none: NoParameters): Promise<QuarantineEntryDto> {
    return this.quarantine.find(id);
  }
}
