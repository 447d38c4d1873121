import { Module } from '@nestjs/common';
import { Tracing } from './tracing.js';

/** OpenTelemetry, off unless its environment variables say otherwise. */
@Module({ providers: [Tracing] })
export class TracingModule {}
