import { Module } from '@nestjs/common';
import { CompletenessModule } from '../completeness/completeness.module.js';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { QuarantineModule } from '../quarantine/quarantine.module.js';
import { SecurityModule } from '../security/security.module.js';
import { StatusController } from './status.controller.js';
import { StatusRepository } from './status.repository.js';
import { StatusService } from './status.service.js';

/** Shows the status of the service to people. */
@Module({
  imports: [SecurityModule, IngestionModule, QuarantineModule, CompletenessModule],
  controllers: [StatusController],
  providers: [StatusService, StatusRepository],
})
export class StatusModule {}
