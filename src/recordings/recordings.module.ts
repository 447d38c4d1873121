import { Module } from '@nestjs/common';
import { RecordingFiles } from './recording-files.js';
import { RecordingKeeper } from './recording-keeper.js';
import { RecordingRepository } from './recording.repository.js';

/** Keeps the files of recordings. */
@Module({ providers: [RecordingFiles, RecordingKeeper, RecordingRepository] })
export class RecordingsModule {}
