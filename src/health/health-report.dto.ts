import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** What one check found. */
export class HealthIndicator {
  @ApiProperty({
    type: String,
    enum: ['up', 'degraded', 'down'],
    description: 'What the check found.',
    example: 'up',
  })
  status!: 'up' | 'degraded' | 'down';

  @ApiProperty({
    type: String,
    required: false,
    description: 'Why it is not up, or what else there is to say.',
    example: 'The database can not be reached',
  })
  message?: string;
}

const Checks = (description: string, example: unknown) =>
  ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(HealthIndicator) },
    description,
    example,
  });

/** The result of all checks, as Terminus gives it. */
@ApiExtraModels(HealthIndicator)
export class HealthReport {
  @ApiProperty({
    type: String,
    enum: ['ok', 'degraded', 'error', 'shutting_down'],
    description: 'What all checks together say.',
    example: 'ok',
  })
  status!: 'ok' | 'degraded' | 'error' | 'shutting_down';

  @Checks('The checks that are up or degraded, by their names.', { database: { status: 'up' } })
  info!: Record<string, HealthIndicator>;

  @Checks('The checks that are down, by their names.', {})
  error!: Record<string, HealthIndicator>;

  @Checks('All checks, by their names.', { database: { status: 'up' } })
  details!: Record<string, HealthIndicator>;
}
