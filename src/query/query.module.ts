import { Module } from '@nestjs/common';
import { BatchesModule } from './batches/batches.module.js';
import { CallsModule } from './calls/calls.module.js';
import { ChangesModule } from './changes/changes.module.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { SchemaDriftModule } from './schema-drift/schema-drift.module.js';
import { StatsModule } from './stats/stats.module.js';
import { StatusCodesModule } from './status-codes/status-codes.module.js';
import { TasksModule } from './tasks/tasks.module.js';

/** Answers questions about the calls. */
@Module({
  imports: [
    CallsModule,
    TasksModule,
    BatchesModule,
    StatsModule,
    ChangesModule,
    ExportsModule,
    DeliveriesModule,
    StatusCodesModule,
    SchemaDriftModule,
  ],
})
export class QueryModule {}
