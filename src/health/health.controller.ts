import { Controller, Get, Query, UseFilters } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { NoParameters } from '../http/validation.pipe.js';
import { PushHealth } from './push.health.js';
import { ReplicaHealth } from './replica.health.js';
import { HealthDocs } from './health.docs.js';
import { HealthFilter } from './health.filter.js';

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
