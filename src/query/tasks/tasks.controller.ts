import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext, PageQuery } from '../../http/parameters/page.js';
import { MayBeMissing } from '../../http/problems/problem.docs.js';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { BatchDto, BatchPage } from '../batches/batch.dto.js';
import { BatchesService } from '../batches/batches.service.js';
import { Asker, type Principal } from '../../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../../security/query-api.js';
import { TaskDto, TaskPage, TaskQuery } from './task.dto.js';
import { TasksService } from './tasks.service.js';

const TASK_ID = { name: 'taskId', description: 'The task.', example: '118100000000000001' };
const BATCH_ID = { name: 'batchId', description: 'The batch.', example: 'B20250601' };

@Controller('v1/tasks')
@QueryApi('calls:read', 'stats:read')
@ApiTags('Tasks and batches')
export class TasksController {
  constructor(
    private readonly tasks: TasksService,
    private readonly batches: BatchesService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listTasks',
    summary: 'List tasks',
    description: 'Tasks with the totals of their calls.',
  })
  @ApiOkResponse({ type: TaskPage, description: 'A page of tasks.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: TaskQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TaskPage> {
    return linkNext(await this.tasks.list(query, asker), request, response);
  }

  @Get(':taskId')
  @ApiOperation({
    operationId: 'getTask',
    summary: 'Get a task',
    description: 'One task with the totals of its calls.',
  })
  @ApiParam(TASK_ID)
  @ApiOkResponse({ type: TaskDto, description: 'The task.' })
  @MayBeMissing('There is no task with this taskId')
  find(
    @Param('taskId') taskId: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<TaskDto> {
    return this.tasks.find(taskId, asker);
  }

  @Get(':taskId/batches')
  @ApiOperation({
    operationId: 'listBatchesOfTask',
    summary: 'List the batches of a task',
    description: 'Batches of one task with the totals of their calls.',
  })
  @ApiParam(TASK_ID)
  @ApiOkResponse({ type: BatchPage, description: 'A page of batches.', headers: NEXT_PAGE_LINK })
  @MayBeMissing('There is no task with this taskId')
  async listBatches(
    @Param('taskId') taskId: string,
    @Query() query: PageQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BatchPage> {
    await this.tasks.find(taskId, asker);
    return linkNext(await this.batches.list({ ...query, taskId: [taskId] }, asker), request, response);
  }

  @Get(':taskId/batches/:batchId')
  @ApiOperation({
    operationId: 'getBatch',
    summary: 'Get a batch',
    description: 'One batch with the totals of its calls.',
  })
  @ApiParam(TASK_ID)
  @ApiParam(BATCH_ID)
  @ApiOkResponse({ type: BatchDto, description: 'The batch.' })
  @MayBeMissing('There is no batch with this batchId in this task')
  findBatch(
    @Param('taskId') taskId: string,
    @Param('batchId') batchId: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<BatchDto> {
    return this.batches.find(taskId, batchId, asker);
  }
}
