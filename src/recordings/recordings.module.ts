import { Module } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { RecordingsController } from './recordings.controller.js';
import { RecordingsService } from './recordings.service.js';
import { RecordingFiles } from './recording-files.js';
import { RecordingKeeper } from './recording-keeper.js';
import { RecordingMetrics } from './recording.metrics.js';
import { RecordingRepository } from './recording.repository.js';

/** Keeps the files of recordings. */
@Module({
  imports: [SecurityModule],
  controllers: [RecordingsController],
  providers: [RecordingFiles, RecordingKeeper, RecordingMetrics, RecordingRepository, RecordingsService],
})
export class RecordingsModule {}
