import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { createRegistry } from './registry.js';
import { DatabaseMetrics, ReplicaMetrics } from './database.metrics.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsText } from './metrics-text.js';

/** Tells Prometheus how the service does. Every module adds what it measures to the {@link Registry}. */
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
