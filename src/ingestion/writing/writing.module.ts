import { Module } from '@nestjs/common';
import { WorkersModule } from '../../workers/workers.module.js';
import { Attempts } from './attempts.js';
import { CallSettler } from './call-settler.js';
import { CallWriteRepository } from './call-write.repository.js';
import { CampaignRepository } from './campaign.repository.js';
import { ConversationSettler } from './conversation-settler.js';
import { DeliveryWriteRepository } from './delivery-write.repository.js';
import { DriftRepository } from './drift.repository.js';
import { FeedPlaces } from './feed-places.js';
import { GroupCommit } from './group-commit.js';
import { NoteWriteRepository } from './note-write.repository.js';
import { RecordingWriteRepository } from './recording-write.repository.js';
import { LateErasureRepository } from './late-erasure.repository.js';
import { LedgerWriter } from './ledger-writer.js';
import { QuarantineWriteRepository } from './quarantine-write.repository.js';
import { RollupBoundsRepository } from './rollup-bounds.repository.js';
import { RollupSettler } from './rollup-settler.js';
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
    CallWriteRepository,
    CampaignRepository,
    DeliveryWriteRepository,
    DriftRepository,
    FeedPlaces,
    LateErasureRepository,
    NoteWriteRepository,
    RecordingWriteRepository,
    ConversationSettler,
    QuarantineWriteRepository,
    RollupBoundsRepository,
    RollupRepository,
    RollupSettler,
    WritingMetrics,
  ],
  exports: [GroupCommit, Attempts, CallWriteRepository, NoteWriteRepository, QuarantineWriteRepository],
})
export class WritingModule {}
