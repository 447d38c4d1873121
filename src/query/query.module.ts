import { Module } from '@nestjs/common';
import { Database } from '../persistence/connections/database.js';
import { ClusterNodes } from '../persistence/schema/distribution/cluster-nodes.js';
import { SecurityModule } from '../security/security.module.js';
import { BatchRepository } from './batches/batch.repository.js';
import { BatchesController } from './batches/batches.controller.js';
import { BatchesService } from './batches/batches.service.js';
import { CallRepository } from './calls/call.repository.js';
import { CallsController } from './calls/calls.controller.js';
import { CallsService } from './calls/calls.service.js';
import { ChangeFeed, PrimaryFeed } from './changes/change-feed.js';
import { ChangesMetrics } from './changes/changes.metrics.js';
import { ChangeWatcher } from './changes/change-watcher.js';
import { ChangeRepository } from './changes/change.repository.js';
import { ChangedCallsRepository } from './changes/changed-calls.repository.js';
import { ChangesController } from './changes/changes.controller.js';
import { ChangesService } from './changes/changes.service.js';
import { ConversationRepository } from './conversations/conversation.repository.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { DeliveryRepository } from './deliveries/delivery.repository.js';
import { ExportRepository } from './exports/export.repository.js';
import { ExportsController } from './exports/exports.controller.js';
import { ExportLimits, ExportsService } from './exports/exports.service.js';
import { FollowerRepository } from './followers/follower.repository.js';
import { FollowerRetention } from './followers/follower-retention.js';
import { FollowersController } from './followers/followers.controller.js';
import { FollowersMetrics } from './followers/followers.metrics.js';
import { FollowersService } from './followers/followers.service.js';
import { LabelRepository } from './labels/label.repository.js';
import { LabelsController } from './labels/labels.controller.js';
import { LabelsService } from './labels/labels.service.js';
import { SchemaDriftController } from './schema-drift/schema-drift.controller.js';
import { AcknowledgementController } from './schema-drift/acknowledgement.controller.js';
import { SchemaDriftRepository } from './schema-drift/schema-drift.repository.js';
import { SchemaDriftService } from './schema-drift/schema-drift.service.js';
import { StatsController } from './stats/stats.controller.js';
import { StatsRepository } from './stats/stats.repository.js';
import { StatsService } from './stats/stats.service.js';
import { StatusCodeRepository } from './status-codes/status-code.repository.js';
import { StatusCodesController } from './status-codes/status-codes.controller.js';
import { StatusCodesService } from './status-codes/status-codes.service.js';
import { TaskRepository } from './tasks/task.repository.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TasksService } from './tasks/tasks.service.js';

/** Answers queries about the calls. */
@Module({
  imports: [SecurityModule],
  controllers: [
    CallsController,
    ConversationsController,
    TasksController,
    LabelsController,
    BatchesController,
    StatsController,
    ChangesController,
    FollowersController,
    ExportsController,
    DeliveriesController,
    StatusCodesController,
    SchemaDriftController,
    AcknowledgementController,
  ],
  providers: [
    ...[CallsService, CallRepository],
    ConversationRepository,
    ...[LabelsService, LabelRepository],
    ...[TasksService, TaskRepository],
    ...[BatchesService, BatchRepository],
    ...[StatsService, StatsRepository],
    ...[ChangesService, ChangeFeed, ChangeWatcher, ChangeRepository, ChangedCallsRepository, ChangesMetrics],
    {
      provide: PrimaryFeed,
      useFactory: (database: Database, nodes: ClusterNodes, changed: ChangedCallsRepository) =>
        new PrimaryFeed(new ChangeRepository(database, database, nodes, changed)),
      inject: [Database, ClusterNodes, ChangedCallsRepository],
    },
    ...[FollowersService, FollowerRepository, FollowersMetrics, FollowerRetention],
    ...[ExportsService, ExportRepository, ExportLimits],
    ...[DeliveriesService, DeliveryRepository],
    ...[StatusCodesService, StatusCodeRepository],
    ...[SchemaDriftService, SchemaDriftRepository],
  ],
  exports: [ChangeFeed, PrimaryFeed],
})
export class QueryModule {}
