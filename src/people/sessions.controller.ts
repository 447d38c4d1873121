import { Controller, Delete, Get, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext, PageQuery } from '../http/parameters/page.js';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { BodyMayBeRefused, MayBeMissing } from '../http/problems/problem.docs.js';
import { Asker, type Principal } from '../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi, WholeLedger } from '../security/query-api.js';
import { SessionPage } from './session.dto.js';
import { SessionsService } from './sessions.service.js';

@Controller('v1/sessions')
@QueryApi('keys:manage')
@WholeLedger()
@ApiTags('People')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List sessions',
    description:
      'Lists the sessions of people who have signed in with the identity provider, newest first. A session stays in the list for 30 days after its end.',
  })
  @ApiOkResponse({ type: SessionPage, description: 'A page of sessions.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: PageQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionPage> {
    return linkNext(await this.sessions.list(query), request, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endSession',
    summary: 'End a session',
    description:
      'Ends the session of a person. It stops working at once in the process that answers, and within two seconds in other processes. Its exports and waiting requests then end. The person can sign in again, unless the identity provider refuses them.',
  })
  @ApiParam({
    name: 'id',
    format: 'uuid',
    description: 'The id of the session.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @MayBeMissing('There is no session with this id')
  @BodyMayBeRefused()
  end(@Param('id') id: string, @Query() _none: NoParameters, @Asker() asker: Principal): Promise<void> {
    return this.sessions.end(id, asker);
  }
}
