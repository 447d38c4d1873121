import { Module } from '@nestjs/common';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { QuarantineModule } from '../quarantine/quarantine.module.js';
import { SecurityModule } from '../security/security.module.js';
import { StatusController } from './status.controller.js';
import { StatusRepository } from './status.repository.js';
import { StatusService } from './status.service.js';

/** How the service does, for people. */
@Module({
  imports: [SecurityModule, IngestionModule, QuarantineModule],
  controllers: [StatusController],
  providers: [StatusService, StatusRepository],
})
export class StatusModule {}
