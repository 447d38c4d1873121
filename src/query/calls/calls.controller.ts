import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { WrittenAnswer } from '../../http/answers/written-answer.js';
import { linkNext, linkWith, PageQuery } from '../../http/parameters/page.js';
import { MayBeMissing } from '../../http/problems/problem.docs.js';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { NumberSearches } from '../../security/number-searches.js';
import { Asker, type Principal } from '../../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../../security/query-api.js';
import { CallQuery } from './call-query.dto.js';
import { CallPage, NamedCall } from './call.dto.js';
import { CallHistory } from './call-revision.dto.js';
import { CallsService } from './calls.service.js';

const CALL_ID = { name: 'callId', description: 'The call.', example: '100001611234^100001811234' };

@Controller('v1/calls')
@QueryApi('calls:read')
@ApiTags('Calls')
export class CallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly searches: NumberSearches,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listCalls',
    summary: 'List calls',
    description:
      'Calls that match all given conditions, in the order of `occurredAt`. Calls of the same moment have a fixed order of ' +
      'their own, which is not that of `callId`.',
  })
  @ApiOkResponse({ type: CallPage, description: 'A page of calls.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: CallQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WrittenAnswer> {
    await this.searches.admit(query, asker, request);
    const { answer, nextCursor } = await this.calls.list(query, asker);
    if (nextCursor !== null) linkWith('cursor', nextCursor, request, response);
    return answer;
  }

  @Get(':callId')
  @ApiOperation({
    operationId: 'getCall',
    summary: 'Get a call',
    description: 'One call with its current content, and the names that its task and its batch have now.',
  })
  @ApiParam(CALL_ID)
  @ApiOkResponse({ type: NamedCall, description: 'The call.' })
  @MayBeMissing('There is no call with this callId')
  find(
    @Param('callId') callId: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<WrittenAnswer> {
    return this.calls.find(callId, asker);
  }

  @Get(':callId/history')
  @ApiOperation({
    operationId: 'getCallHistory',
    summary: 'Get the history of a call',
    description:
      'Every content that was delivered for the call, its note and its recording, and the delivery that first brought it.',
  })
  @ApiParam(CALL_ID)
  @ApiOkResponse({
    type: CallHistory,
    description: 'The contents, newest first.',
    headers: NEXT_PAGE_LINK,
  })
  @MayBeMissing('There is no call with this callId')
  async history(
    @Param('callId') callId: string,
    @Query() query: PageQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CallHistory> {
    return linkNext(await this.calls.history(callId, query, asker), request, response);
  }
}
