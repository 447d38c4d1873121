import { Body, Controller, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { BodyMayBeRefused, MayBeMissing } from '../../http/problems/problem.docs.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { BatchesService } from '../batches/batches.service.js';
import { TasksService } from '../tasks/tasks.service.js';
import { LabelDto, LabelRequest } from './label.dto.js';
import { LabelsService } from './labels.service.js';

const TASK_ID = { name: 'taskId', description: 'The task.', example: '118100000000000001' };
const BATCH_ID = { name: 'batchId', description: 'The batch.', example: 'B20250601' };
const DESCRIPTION =
  'The name then stands beside the id in tasks, batches, statistics, calls and exports, also of calls that are stored already. A label is no change of a call: the feed and webhooks do not carry it. The change is audited. An empty name removes the label.';

@Controller('v1/tasks')
@QueryApi('labels:write')
@ApiTags('Tasks and batches')
export class LabelsController {
  constructor(
    private readonly labels: LabelsService,
    private readonly tasks: TasksService,
    private readonly batches: BatchesService,
  ) {}

  @Put(':taskId/label')
  @ApiOperation({ operationId: 'labelTask', summary: 'Name a task', description: DESCRIPTION })
  @ApiParam(TASK_ID)
  @ApiOkResponse({ type: LabelDto, description: 'The label as it is now.' })
  @MayBeMissing('There is no task with this taskId')
  @BodyMayBeRefused()
  async labelTask(
    @Param('taskId') taskId: string,
    @Body() label: LabelRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<LabelDto> {
    await this.tasks.find(taskId, asker);
    return this.labels.change({ taskId, batchId: '' }, label, asker);
  }

  @Put(':taskId/batches/:batchId/label')
  @ApiOperation({ operationId: 'labelBatch', summary: 'Name a batch', description: DESCRIPTION })
  @ApiParam(TASK_ID)
  @ApiParam(BATCH_ID)
  @ApiOkResponse({ type: LabelDto, description: 'The label as it is now.' })
  @MayBeMissing('There is no batch with this batchId in this task')
  @BodyMayBeRefused()
  async labelBatch(
    @Param('taskId') taskId: string,
    @Param('batchId') batchId: string,
    @Body() label: LabelRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<LabelDto> {
    await this.batches.find(taskId, batchId, asker);
    return this.labels.change({ taskId, batchId }, label, asker);
  }
}
