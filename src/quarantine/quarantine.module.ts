import { Module } from '@nestjs/common';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { SecurityModule } from '../security/security.module.js';
import { QuarantineController } from './quarantine.controller.js';
import { QuarantineMetrics } from './quarantine.metrics.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { QuarantineService } from './quarantine.service.js';
import { ReplayService } from './replay.service.js';

/** What could not be read as a call, and what becomes of it. */
@Module({
  imports: [SecurityModule, IngestionModule],
  controllers: [QuarantineController],
  providers: [QuarantineService, ReplayService, QuarantineRepository, QuarantineMetrics],
  exports: [QuarantineRepository],
})
export class QuarantineModule {}
