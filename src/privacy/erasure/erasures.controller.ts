import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext, PageQuery } from '../../http/parameters/page.js';
import { BodyMayBeRefused, MayBeMissing } from '../../http/problems/problem.docs.js';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { Asker, type Principal } from '../../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi, WholeLedger } from '../../security/query-api.js';
import { AcceptedErasure, ErasureDto, ErasurePage, ErasureRequest } from './erasure.dto.js';
import { ErasuresService } from './erasures.service.js';

const ID = {
  name: 'id',
  format: 'uuid',
  description: 'The id of the job.',
  example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
};
const MISSING = 'There is no erasure with this id';

@Controller('v1/erasures')
@QueryApi('privacy:erase')
@WholeLedger()
@ApiTags('Privacy')
export class ErasuresController {
  constructor(private readonly erasures: ErasuresService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'eraseNumber',
    summary: 'Erase a number everywhere',
    description:
      'Starts a job. It deletes the calls with the number. It also removes the number from bodies, the quarantine, names of API keys and webhooks, URLs of webhooks, and reasons of erasures. Webhooks whose URL held the number are paused, and followers whose name held it are forgotten. The job covers everything that was received until now. The statistics stay as they are. The feed of changes reports the deleted calls.',
  })
  @ApiAcceptedResponse({
    type: AcceptedErasure,
    description: 'The job was accepted. Get its progress with its id.',
  })
  @BodyMayBeRefused()
  ask(
    @Body() request: ErasureRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<AcceptedErasure> {
    return this.erasures.ask(request, asker);
  }

  @Get()
  @ApiOperation({
    operationId: 'listErasures',
    summary: 'List erasures',
    description: 'Lists the erasure jobs and what each has erased, newest first.',
  })
  @ApiOkResponse({ type: ErasurePage, description: 'A page of jobs.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: PageQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ErasurePage> {
    return linkNext(await this.erasures.list(query), request, response);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getErasure',
    summary: 'Get an erasure',
    description: 'Shows the progress of one job and what it has erased.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: ErasureDto, description: 'The job.' })
  @MayBeMissing(MISSING)
  find(@Param('id') id: string, @Query() _none: NoParameters): Promise<ErasureDto> {
    return this.erasures.find(id);
  }
}
