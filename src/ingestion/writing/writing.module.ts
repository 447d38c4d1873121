import { Module } from '@nestjs/common';
import { WorkersModule } from '../../workers/workers.module.js';
import { Attempts } from './attempts.js';
import { CallSettler } from './call-settler.js';
import { CallRepository } from './call.repository.js';
import { CampaignRepository } from './campaign.repository.js';
import { DeliveryRepository } from './delivery.repository.js';
import { DriftRepository } from './drift.repository.js';
import { GroupCommit } from './group-commit.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import { LedgerWriter } from './ledger-writer.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { RollupRepository } from './rollup.repository.js';
import { WritingMetrics } from './writing.metrics.js';

/** Writes deliveries into the database. */
@Module({
  imports: [WorkersModule],
  providers: [
    GroupCommit,
    Attempts,
    LedgerWriter,
    CallSettler,
    CallRepository,
    CampaignRepository,
    DeliveryRepository,
    DriftRepository,
    LateErasureRepository,
    QuarantineRepository,
    RollupRepository,
    WritingMetrics,
  ],
  exports: [GroupCommit, Attempts, CallRepository, QuarantineRepository],
})
export class WritingModule {}
