import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { StatusCodes } from './status-code.dto.js';
import { StatusCodesService } from './status-codes.service.js';

@Controller('v1/status-codes')
@QueryApi('calls:read', 'stats:read')
@ApiTags('Calls')
export class StatusCodesController {
  constructor(private readonly codes: StatusCodesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listStatusCodes',
    summary: 'List the codes of results',
    description:
      'Both tables of codes: what each code means, whether the vendor documents it, and how many calls have it.',
  })
  @ApiOkResponse({ type: StatusCodes, description: 'The codes.' })
  list(@Query() _none: NoParameters, @Asker() asker: Principal): Promise<StatusCodes> {
    return this.codes.list(asker);
  }
}
