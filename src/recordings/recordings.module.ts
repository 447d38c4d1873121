import { Module } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { RecordingsController } from './recordings.controller.js';
import { RecordingsService } from './recordings.service.js';
import { RecordingFiles } from './recording-files.js';
import { WritingModule } from '../ingestion/writing/writing.module.js';
import { RecordingChangesRepository } from './recording-changes.repository.js';
import { RecordingKeeper } from './recording-keeper.js';
import { RecordingRepository } from './recording.repository.js';

/** Keeps the files of recordings. */
@Module({
  imports: [SecurityModule, WritingModule],
  controllers: [RecordingsController],
  providers: [
    RecordingChangesRepository,
    RecordingFiles,
    RecordingKeeper,
    RecordingRepository,
    RecordingsService,
  ],
})
export class RecordingsModule {}
