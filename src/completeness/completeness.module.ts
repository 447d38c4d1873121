import { Module } from '@nestjs/common';
import { IngestionModule } from '../ingestion/ingestion.module.js';
import { SecurityModule } from '../security/security.module.js';
import { HoldingsRepository } from './check/holdings.repository.js';
import { TaskCheck } from './check/task-check.js';
import { CheckedTaskRepository } from './check/task.repository.js';
import { CompletenessController } from './completeness.controller.js';
import { CompletenessMetrics } from './completeness.metrics.js';
import { CompletenessRepository } from './completeness.repository.js';
import { CompletenessService } from './completeness.service.js';
import { MissingRepository } from './repair/missing.repository.js';
import { TaskRepair } from './repair/task-repair.js';
import { CompletenessJobs } from './runs/completeness-jobs.js';
import { RunRepository } from './runs/run.repository.js';
import { RunWorker } from './runs/run-worker.js';
import { RunsController } from './runs/runs.controller.js';
import { TaskList } from './runs/task-list.js';
import { VendorAccount } from './vendor-account.js';

/** Compares the ledger with the vendor's query API, and gets the calls that are missing. */
@Module({
  imports: [SecurityModule, IngestionModule],
  controllers: [CompletenessController, RunsController],
  providers: [
    VendorAccount,
    CompletenessJobs,
    CompletenessMetrics,
    CompletenessRepository,
    CompletenessService,
    RunWorker,
    RunRepository,
    TaskList,
    TaskCheck,
    CheckedTaskRepository,
    HoldingsRepository,
    TaskRepair,
    MissingRepository,
  ],
  exports: [CompletenessRepository, VendorAccount],
})
export class CompletenessModule {}
