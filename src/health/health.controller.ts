import {
  applyDecorators,
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Query,
  ServiceUnavailableException,
  UseFilters,
} from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { PushHealth, ReplicaHealth } from './health-indicators.js';
import type { Response } from 'express';
import { InvalidRequest } from '../http/problems/problem.docs.js';
import { HealthReport } from './health-report.dto.js';

/** Answers a failed check in the same form as a good one: orchestrators and people look at its details. */
@Catch(ServiceUnavailableException)
class HealthFilter implements ExceptionFilter<ServiceUnavailableException> {
  catch(error: ServiceUnavailableException, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(error.getStatus()).json(error.getResponse());
  }
}

@Controller('health')
@UseFilters(HealthFilter)
@ApiTags('Health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly pushHealth: PushHealth,
    private readonly replicaHealth: ReplicaHealth,
  ) {}

  @Get('live')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Is the process alive?',
    description: 'Answers when it is.',
    security: [],
  })
  @HealthDocs({})
  live(@Query() _none: NoParameters): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Can a push be kept now?',
    description:
      'In the database, or, `degraded`, in the journal. From the start until the database is connected and migrated the answer is 503, for at most 10 seconds; pushes are taken meanwhile. A read replica never decides about that: `replica` says how far it is behind, or, `degraded`, why questions go to the primary.',
    security: [],
  })
  @HealthDocs({ check: 'database' })
  ready(@Query() _none: NoParameters): Promise<HealthCheckResult> {
    return this.health.check([() => this.pushHealth.pushes(), () => this.replicaHealth.questions()]);
  }

  @Get('startup')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'getStartup',
    summary: 'Has the service started?',
    description: 'It has when the schema is migrated.',
    security: [],
  })
  @HealthDocs({ check: 'schema' })
  startup(@Query() _none: NoParameters): Promise<HealthCheckResult> {
    return this.health.check([() => this.pushHealth.migrated()]);
  }
}

/** @param check the name of the indicator that is asked, if any */
function HealthDocs({ check }: { check?: 'database' | 'schema' }): MethodDecorator {
  const found = (status: string, message?: string) =>
    check === undefined ? {} : { [check]: { status, ...(message !== undefined && { message }) } };
  const up = found('up');
  const down = found('down', check === 'schema' ? 'The schema is not migrated yet' : 'It can not be reached');
  const no = check === undefined ? 'shutting_down' : 'error';
  return applyDecorators(
    ApiExtraModels(HealthReport),
    report(200, 'Yes.', { status: 'ok', info: up, error: {}, details: up }),
    InvalidRequest(),
    report(503, 'No, or not any more: the service is shutting down.', {
      status: no,
      info: {},
      error: down,
      details: down,
    }),
  );
}

function report(status: number, description: string, example: object): MethodDecorator {
  return ApiResponse({
    status,
    description,
    content: { 'application/json': { schema: { $ref: getSchemaPath(HealthReport) }, example } },
  });
}
