import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Registry } from 'prom-client';
import { acceptsGzip, sendBytes } from '../http/served-file.js';
import { NoParameters } from '../http/validation.pipe.js';
import { MetricsDocs } from './metrics.docs.js';
import { MetricsText } from './metrics-text.js';

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
