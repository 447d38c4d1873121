import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { WorkersModule } from '../workers/workers.module.js';
import { SecurityModule } from '../security/security.module.js';
import { CallRepository } from './writing/call.repository.js';
import { CallSettler } from './writing/call-settler.js';
import { CampaignRepository } from './writing/campaign.repository.js';
import { AdmissionControl } from './admission-control.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { DeliveryKeeper } from './delivery-keeper.js';
import { Drainer } from './journal/drainer.js';
import { PoisonGuard } from './journal/poison-guard.js';
import { JournalMetrics } from './journal/journal.metrics.js';
import { Journal } from './journal/journal.js';
import { DeliveryIntake } from './delivery-intake.js';
import { DeliveryReader } from './reading/delivery-reader.js';
import { DriftRepository } from './writing/drift.repository.js';
import { DeliveryRepository } from './writing/delivery.repository.js';
import { GroupCommit } from './writing/group-commit.js';
import { LateErasureRepository } from './writing/late-erasure.repository.js';
import { LedgerWriter } from './writing/ledger-writer.js';
import { BodyBudget } from './push/body-budget.js';
import { MissedPushController } from './push/missed-push.controller.js';
import { MissedPushes } from './push/missed-pushes.js';
import { PushMetrics } from './push/push.metrics.js';
import { PushWatch } from './push/push-watch.js';
import { PushController } from './push/push.controller.js';
import { PushService } from './push/push.service.js';
import { Replayer } from './replayer.js';
import { QuarantineRepository } from './writing/quarantine.repository.js';
import { WritingMetrics } from './writing/writing.metrics.js';
import { RollupRepository } from './writing/rollup.repository.js';

/** Takes pushes and keeps their records. */
@Module({
  imports: [SecurityModule, WorkersModule],
  // In this order: what the first has no path for is the second's.
  controllers: [PushController, MissedPushController],
  providers: [
    BodyBudget,
    PushService,
    MissedPushes,
    AdmissionControl,
    CircuitBreaker,
    DeliveryIntake,
    DeliveryKeeper,
    Drainer,
    PoisonGuard,
    Journal,
    DeliveryReader,
    GroupCommit,
    LateErasureRepository,
    LedgerWriter,
    CallRepository,
    CallSettler,
    CampaignRepository,
    DeliveryRepository,
    DriftRepository,
    QuarantineRepository,
    RollupRepository,
    Replayer,
    PushMetrics,
    JournalMetrics,
    WritingMetrics,
  ],
  exports: [CallRepository, Journal, PushMetrics, Replayer],
})
export class IngestionModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(PushWatch).forRoutes({ path: 'push{/*path}', method: RequestMethod.POST });
  }
}
