import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../../http/parameters/page.js';
import { NEXT_PAGE_LINK, QueryApi, WholeLedger } from '../../security/query-api.js';
import { SchemaDriftPage, SchemaDriftQuery } from './schema-drift.dto.js';
import { SchemaDriftService } from './schema-drift.service.js';

@Controller('v1/schema-drift')
@QueryApi('deliveries:read')
@WholeLedger()
@ApiTags('Deliveries')
export class SchemaDriftController {
  constructor(private readonly drift: SchemaDriftService) {}

  @Get()
  @ApiOperation({
    operationId: 'listSchemaDrift',
    summary: 'List schema drift',
    description:
      "What differs from the vendor's documentation: unknown fields, unlisted codes, other types, and fields that could not be read. Nothing of it is lost: the calls are in the ledger, with such fields in `extra`. Keys that are limited to sources may not use this, because it is counted over all sources.",
  })
  @ApiOkResponse({ type: SchemaDriftPage, description: 'A page of schema drift.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: SchemaDriftQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SchemaDriftPage> {
    return linkNext(await this.drift.list(query), request, response);
  }
}
