import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { BodyMayBeRefused } from '../../http/problems/problem.docs.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi, WholeLedger } from '../../security/query-api.js';
import { AcknowledgeRequest, AcknowledgeResult } from './acknowledgement.dto.js';
import { SchemaDriftService } from './schema-drift.service.js';

@Controller('v1/schema-drift')
@QueryApi('quarantine:manage')
@WholeLedger()
@ApiTags('Deliveries')
export class AcknowledgementController {
  constructor(private readonly drift: SchemaDriftService) {}

  @Post('acknowledge')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acknowledgeSchemaDrift',
    summary: 'Acknowledge schema drift',
    description:
      'Marks open entries as seen. They stay in the list and are still counted, but `status=open` leaves them out. Anything new that the vendor sends is a new, open entry. Send it with `dryRun` first: it then only counts. A request without any filter is refused. Keys that are limited to sources may not use this.',
  })
  @ApiOkResponse({ type: AcknowledgeResult, description: 'The result.' })
  @BodyMayBeRefused()
  acknowledge(
    @Body() request: AcknowledgeRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<AcknowledgeResult> {
    return this.drift.acknowledge(request, asker);
  }
}
