import { Module } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { CallRepository } from './call.repository.js';
import { CampaignRepository } from './campaign.repository.js';
import { DeliveryIntake } from './delivery-intake.js';
import { DeliveryReader } from './delivery-reader.js';
import { DeliveryRepository } from './delivery.repository.js';
import { LedgerWriter } from './ledger-writer.js';
import { PushController } from './push.controller.js';
import { PushService } from './push.service.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { RollupRepository } from './rollup.repository.js';

/** Takes pushes and keeps their records. */
@Module({
  imports: [SecurityModule],
  controllers: [PushController],
  providers: [
    PushService,
    DeliveryIntake,
    DeliveryReader,
    LedgerWriter,
    CallRepository,
    CampaignRepository,
    DeliveryRepository,
    QuarantineRepository,
    RollupRepository,
  ],
})
export class IngestionModule {}
