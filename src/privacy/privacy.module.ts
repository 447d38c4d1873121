import { Module } from '@nestjs/common';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { LeaseRepository } from './lease.repository.js';
import { Retention } from './retention/retention.js';
import { RetentionRepository } from './retention/retention.repository.js';

/** How personal data leaves the ledger again: after its time. */
@Module({
  imports: [IngestionModule],
  providers: [LeaseRepository, Retention, RetentionRepository],
})
export class PrivacyModule {}
