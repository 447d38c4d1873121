import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { AdmissionControl } from './admission-control.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { Drainer } from './journal/drainer.js';
import { JournalMetrics } from './journal/journal.metrics.js';
import { Journal } from './journal/journal.js';
import { PoisonGuard } from './journal/poison-guard.js';
import { Keeper } from './keeper.js';
import { PulledCalls } from './pulled-calls.js';
import { BodyBudget } from './push/body-budget.js';
import { MissedPushController } from './push/missed-push.controller.js';
import { PushMetrics, PushWatch } from './push/push.metrics.js';
import { PushController } from './push/push.controller.js';
import { PushService } from './push/push.service.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import { Replayer } from './replayer.js';
import { WritingModule } from './writing/writing.module.js';

/** Takes pushes and keeps their records. */
@Module({
  imports: [SecurityModule, WorkersModule, WritingModule],
  // The order matters: the second takes the requests for which the first has no path.
  controllers: [PushController, MissedPushController],
  providers: [
    PushService,
    BodyBudget,
    Keeper,
    AdmissionControl,
    CircuitBreaker,
    DeliveryReader,
    PoisonGuard,
    Journal,
    Drainer,
    Replayer,
    PulledCalls,
    PushMetrics,
    JournalMetrics,
  ],
  exports: [Journal, PushMetrics, PulledCalls, Replayer, WritingModule],
})
export class IngestionModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(PushWatch).forRoutes({ path: 'push{/*path}', method: RequestMethod.POST });
  }
}
