import { applyDecorators, Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Registry } from 'prom-client';
import { acceptsGzip, sendBytes } from '../http/answers/served-file.js';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { MetricsText } from './metrics-text.js';
import { InvalidRequest } from '../http/problems/problem.docs.js';

const EXAMPLE = [
  '# HELP call_ledger_pushes_total Pushes that were answered or broken off, by outcome.',
  '# TYPE call_ledger_pushes_total counter',
  'call_ledger_pushes_total{source="vendor",outcome="database"} 4711',
  '',
].join('\n');

function MetricsDocs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'getMetrics',
      summary: 'Get the metrics',
      description:
        'Counters, gauges and histograms in the text format of Prometheus. They are totals without phone numbers or single calls. ' +
        'docs/operations.md explains each metric. The values are collected at most once a second, and all clients share them. ' +
        'It also answers while the database is unavailable.',
      security: [],
    }),
    ApiResponse({
      status: 200,
      description: 'The metrics.',
      content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
    }),
    InvalidRequest(),
  );
}

@Controller('metrics')
@ApiTags('Health')
export class MetricsController {
  constructor(private readonly text: MetricsText) {}

  @Get()
  @MetricsDocs()
  async metrics(
    @Query() _none: NoParameters,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const text = await this.text.current();
    sendBytes(Registry.PROMETHEUS_CONTENT_TYPE, text, acceptsGzip(request), response);
  }
}
