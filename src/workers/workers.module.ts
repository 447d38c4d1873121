import { Module } from '@nestjs/common';
import { Workers } from './workers.js';

/** Provides threads for work that would block all other requests. */
@Module({ providers: [Workers], exports: [Workers] })
export class WorkersModule {}
