import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../../http/parameters/page.js';
import { NEXT_PAGE_LINK, QueryApi, WholeLedger } from '../query-api.js';
import { AuditEventPage, AuditQuery } from './audit-event.dto.js';
import { AuditEventsService } from './audit-events.service.js';

@Controller('v1/audit-events')
@QueryApi('audit:read')
@WholeLedger()
@ApiTags('Audit')
export class AuditEventsController {
  constructor(private readonly events: AuditEventsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'List audit events',
    description:
      'Lists who saw unmasked phone numbers, searched by phone numbers, read bodies, exported calls, created or revoked API keys, replayed or discarded quarantine entries, or erased a phone number. It also lists what retention deleted.',
  })
  @ApiOkResponse({ type: AuditEventPage, description: 'A page of events.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: AuditQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditEventPage> {
    return linkNext(await this.events.list(query), request, response);
  }
}
