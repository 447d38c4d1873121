import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { ShutdownDelay } from './shutdown-delay.js';
import { ClusterHealth, PushHealth, ReplicaHealth } from './health-indicators.js';
import { HealthController } from './health.controller.js';

/** Health checks: whether the service is alive, has started, and can keep a push. */
@Module({
  // A failed check is not logged, because the client gets it in the answer.
  imports: [IngestionModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ShutdownDelay, PushHealth, ClusterHealth, ReplicaHealth],
})
export class HealthModule {}
