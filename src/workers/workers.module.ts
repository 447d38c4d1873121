import { Module } from '@nestjs/common';
import { Workers } from './workers.js';

/** Threads for work that would hold up all other requests. */
@Module({ providers: [Workers], exports: [Workers] })
export class WorkersModule {}
