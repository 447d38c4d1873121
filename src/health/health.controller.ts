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
import { ClusterHealth, PushHealth, ReplicaHealth } from './health-indicators.js';
import type { Response } from 'express';
import { InvalidRequest } from '../http/problems/problem.docs.js';
import { HealthReport } from './health-report.dto.js';

/** Answers a failed check in the same form as a passed one, because orchestrators and people read its details. */
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
    private readonly clusterHealth: ClusterHealth,
    private readonly replicaHealth: ReplicaHealth,
  ) {}

  @Get('live')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Check liveness',
    description: 'Answers 200 if the process is alive.',
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
    summary: 'Check readiness',
    description:
      'Answers 200 if the service can keep a push, in the database or, as `degraded`, only in the journal. After the start, it answers 503 until the database is connected and migrated, for at most 10 seconds. The service takes pushes during this time. A read replica does not affect the result. `replica` shows its lag or, as `degraded`, why queries go to the primary. If the calls are on a Citus cluster, `cluster` says whether all of its nodes can be reached. While one cannot, it says what does not work: as `degraded`, the journal takes pushes; as `down` (503), there is no journal either.',
    security: [],
  })
  @HealthDocs({ check: 'database' })
  ready(@Query() _none: NoParameters): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.pushHealth.pushes(),
      () => this.clusterHealth.calls(),
      () => this.replicaHealth.questions(),
    ]);
  }

  @Get('startup')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({
    operationId: 'getStartup',
    summary: 'Check startup',
    description: 'Answers 200 once the schema is migrated.',
    security: [],
  })
  @HealthDocs({ check: 'schema' })
  startup(@Query() _none: NoParameters): Promise<HealthCheckResult> {
    return this.health.check([() => this.pushHealth.migrated()]);
  }
}

/** @param check the name of the indicator in the examples, if there is one */
function HealthDocs({ check }: { check?: 'database' | 'schema' }): MethodDecorator {
  const found = (status: string, message?: string) =>
    check === undefined ? {} : { [check]: { status, ...(message !== undefined && { message }) } };
  const up = found('up');
  const down = found(
    'down',
    check === 'schema' ? 'The schema is not migrated yet' : 'The database can not be reached',
  );
  const no = check === undefined ? 'shutting_down' : 'error';
  return applyDecorators(
    ApiExtraModels(HealthReport),
    report(200, 'The check passed.', { status: 'ok', info: up, error: {}, details: up }),
    InvalidRequest(),
    report(503, 'The check failed, or the service is shutting down.', {
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
