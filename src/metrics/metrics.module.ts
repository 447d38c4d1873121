import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { createRegistry } from './registry.js';
import { DatabaseMetrics, ReplicaMetrics } from './database.metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsText } from './metrics-text.js';

/** Serves metrics to Prometheus. Each module adds its own metrics to the {@link Registry}. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [
    { provide: Registry, useFactory: createRegistry },
    MetricsText,
    DatabaseMetrics,
    ReplicaMetrics,
  ],
  exports: [Registry],
})
export class MetricsModule {}
