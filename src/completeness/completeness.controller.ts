import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../http/parameters/page.js';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { MayBeMissing } from '../http/problems/problem.docs.js';
import { Asker, type Principal } from '../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../security/query-api.js';
import {
  CompletenessCheckDto,
  CompletenessQuery,
  CompletenessRepairDto,
  MissingEntryPage,
  MissingQuery,
  TaskCompletenessPage,
} from './completeness.dto.js';
import { CompletenessService } from './completeness.service.js';

const ID = {
  name: 'id',
  format: 'uuid',
  description: 'The id that the request was answered with.',
  example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
};
const TASK_ID = { name: 'taskId', description: 'The task.', example: '118100000000000001' };

@Controller('v1/completeness')
@QueryApi('stats:read')
@ApiTags('Completeness')
export class CompletenessController {
  constructor(private readonly completeness: CompletenessService) {}

  @Get()
  @ApiOperation({
    operationId: 'listCompleteness',
    summary: 'List the completeness of tasks',
    description:
      "Compares the ledger with the vendor's own counts, as the last check of each task found them. A key that is limited to sources needs the source whose calls are compared.",
  })
  @ApiOkResponse({ type: TaskCompletenessPage, description: 'A page of tasks.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: CompletenessQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TaskCompletenessPage> {
    return linkNext(await this.completeness.list(query, asker), request, response);
  }

  @Get('checks/:id')
  @ApiOperation({
    operationId: 'getCompletenessCheck',
    summary: 'Get a check of completeness',
    description: 'Shows the progress of a check.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: CompletenessCheckDto, description: 'The check.' })
  @MayBeMissing('There is no check with this id')
  findCheck(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<CompletenessCheckDto> {
    return this.completeness.findCheck(id, asker);
  }

  @Get('repairs/:id')
  @ApiOperation({
    operationId: 'getCompletenessRepair',
    summary: 'Get a repair of missing calls',
    description: 'Shows the progress of a repair, and what it has done or would do.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: CompletenessRepairDto, description: 'The repair.' })
  @MayBeMissing('There is no repair with this id')
  findRepair(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<CompletenessRepairDto> {
    return this.completeness.findRepair(id, asker);
  }

  @Get(':taskId/missing')
  @ApiOperation({
    operationId: 'listMissingEntries',
    summary: 'List the missing entries of a task',
    description:
      "Lists the entries that the vendor has called and whose last call the ledger lacks, or lacked before a repair. Earlier attempts are not in the vendor's list, so they cannot be named.",
  })
  @ApiParam(TASK_ID)
  @ApiOkResponse({ type: MissingEntryPage, description: 'A page of entries.', headers: NEXT_PAGE_LINK })
  @MayBeMissing('This task has not been checked')
  async listMissing(
    @Param('taskId') taskId: string,
    @Query() query: MissingQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MissingEntryPage> {
    return linkNext(await this.completeness.listMissing(taskId, query, asker), request, response);
  }
}
