import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { ShutdownDelay } from './shutdown-delay.js';
import { PushHealth, ReplicaHealth } from './health-indicators.js';
import { HealthController } from './health.controller.js';

/** Whether the service lives, has started, and can keep a push. */
@Module({
  // A failed check is the answer to a question, not an event: whoever asks is told.
  imports: [IngestionModule, TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ShutdownDelay, PushHealth, ReplicaHealth],
})
export class HealthModule {}
