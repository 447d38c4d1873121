import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { ChangeFeed } from './change-feed.js';
import { ChangeWatcher } from './change-watcher.js';
import { ChangeRepository } from './change.repository.js';
import { ChangesController } from './changes.controller.js';
import { ChangesMetrics } from './changes.metrics.js';
import { ChangesService } from './changes.service.js';

/** The feed of changes. */
@Module({
  imports: [SecurityModule],
  controllers: [ChangesController],
  providers: [ChangesService, ChangeFeed, ChangeWatcher, ChangeRepository, ChangesMetrics],
})
export class ChangesModule {}
