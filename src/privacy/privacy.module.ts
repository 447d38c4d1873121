import { Module } from '@nestjs/common';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { SecurityModule } from '../security/security.module.js';
import { WorkersModule } from '../workers/workers.module.js';
import { BodyEraser } from './erasure/body-eraser.js';
import { ErasedBytesRepository } from './erasure/erased-bytes.repository.js';
import { ErasedMessagesRepository } from './erasure/erased-messages.repository.js';
import { ErasedRevisionsRepository } from './erasure/erased-revisions.repository.js';
import { ErasedCallsRepository } from './erasure/erased-calls.repository.js';
import { ErasedNamesRepository } from './erasure/erased-names.repository.js';
import { Eraser } from './erasure/eraser.js';
import { ErasureRepository } from './erasure/erasure.repository.js';
import { ErasureSteps } from './erasure/erasure-steps.js';
import { ErasuresController } from './erasure/erasures.controller.js';
import { ErasuresService } from './erasure/erasures.service.js';
import { JournalSearch } from './erasure/journal-search.js';
import { PrivacyEvents } from './privacy-events.js';
import { Retention } from './retention/retention.js';
import { RetentionRepository } from './retention/retention.repository.js';

/** Deletes personal data: after its retention time, or when somebody requests an erasure. */
@Module({
  imports: [SecurityModule, IngestionModule, WorkersModule],
  controllers: [ErasuresController],
  providers: [
    PrivacyEvents,
    Retention,
    RetentionRepository,
    ErasuresService,
    ErasureRepository,
    Eraser,
    ErasureSteps,
    BodyEraser,
    ErasedCallsRepository,
    ErasedRevisionsRepository,
    ErasedMessagesRepository,
    ErasedBytesRepository,
    ErasedNamesRepository,
    JournalSearch,
  ],
})
export class PrivacyModule {}
