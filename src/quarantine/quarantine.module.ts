import { Module } from '@nestjs/common';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { SecurityModule } from '../security/security.module.js';
import { QuarantineController } from './quarantine.controller.js';
import { QuarantineMetrics } from './quarantine.metrics.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { QuarantineService } from './quarantine.service.js';
import { DiscardService } from './discard.service.js';
import { ReplayService } from './replay.service.js';

/** Lists, replays and discards records and bodies that could not be read as calls. */
@Module({
  imports: [SecurityModule, IngestionModule],
  controllers: [QuarantineController],
  providers: [QuarantineService, ReplayService, DiscardService, QuarantineRepository, QuarantineMetrics],
  exports: [QuarantineRepository],
})
export class QuarantineModule {}
