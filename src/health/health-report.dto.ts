import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';

/** The result of one check. */
export class HealthIndicator {
  @ApiProperty({
    type: String,
    enum: ['up', 'degraded', 'down'],
    description: 'The result of the check.',
    example: 'up',
  })
  status!: 'up' | 'degraded' | 'down';

  @ApiProperty({
    type: String,
    required: false,
    description: 'Why the check is not up, or further information.',
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

/** The result of all checks, in the form of Terminus. */
@ApiExtraModels(HealthIndicator)
export class HealthReport {
  @ApiProperty({
    type: String,
    enum: ['ok', 'degraded', 'error', 'shutting_down'],
    description: 'The result of all checks together.',
    example: 'ok',
  })
  status!: 'ok' | 'degraded' | 'error' | 'shutting_down';

  @Checks('The checks that are up or degraded, by name.', { database: { status: 'up' } })
  info!: Record<string, HealthIndicator>;

  @Checks('The checks that are down, by name.', {})
  error!: Record<string, HealthIndicator>;

  @Checks('All checks, by name.', { database: { status: 'up' } })
  details!: Record<string, HealthIndicator>;
}
