import { Module } from '@nestjs/common';
import { BatchesModule } from './batches/batches.module.js';
import { CallsModule } from './calls/calls.module.js';
import { TasksModule } from './tasks/tasks.module.js';

/** Answers questions about the calls. */
@Module({ imports: [CallsModule, TasksModule, BatchesModule] })
export class QueryModule {}
