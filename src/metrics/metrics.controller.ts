import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { NoParameters } from '../http/validation.pipe.js';
import { MetricsDocs } from './metrics.docs.js';

@Controller('metrics')
@ApiTags('Health')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @MetricsDocs()
  metrics(@Query() _none: NoParameters): Promise<string> {
    return this.registry.metrics();
  }
}
