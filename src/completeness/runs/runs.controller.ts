import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { BodyMayBeRefused, MayConflict } from '../../http/problems/problem.docs.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { AcceptedRun, CompletenessCheckRequest, CompletenessRepairRequest } from '../completeness.dto.js';
import { CompletenessService } from '../completeness.service.js';

const NO_KEY = "The service has no access key to the vendor's query API";

@Controller('v1/completeness')
@QueryApi('completeness:manage')
@ApiTags('Completeness')
export class RunsController {
  constructor(private readonly completeness: CompletenessService) {}

  @Post('checks')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'checkCompleteness',
    summary: 'Compare the ledger with the vendor',
    description:
      "Starts a check in the background. It reads the vendor's counts and lists, and compares them with the ledger. It changes no call. While another check or repair runs, this one waits for its end. An equal request that has not begun yet is joined.",
  })
  @ApiAcceptedResponse({
    type: AcceptedRun,
    description: 'The check was accepted. Get its progress with its id.',
  })
  @MayConflict(NO_KEY)
  @BodyMayBeRefused()
  check(
    @Body() request: CompletenessCheckRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<AcceptedRun> {
    return this.completeness.check(request, asker);
  }

  @Post('repairs')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'repairCompleteness',
    summary: 'Get missing calls from the vendor',
    description:
      'Starts a repair in the background. It first checks tasks whose counts have changed, then asks the vendor for each missing call and writes it. A call that the vendor pushes later replaces the repaired one. Calls that the ledger has are never changed. With `dryRun`, no call is written.',
  })
  @ApiAcceptedResponse({
    type: AcceptedRun,
    description: 'The repair was accepted. Get its progress with its id.',
  })
  @MayConflict(NO_KEY)
  @BodyMayBeRefused()
  repair(
    @Body() request: CompletenessRepairRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<AcceptedRun> {
    return this.completeness.repair(request, asker);
  }
}
