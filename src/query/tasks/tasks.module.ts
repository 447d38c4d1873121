import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { BatchesModule } from '../batches/batches.module.js';
import { TaskRepository } from './task.repository.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [SecurityModule, BatchesModule],
  controllers: [TasksController],
  providers: [TasksService, TaskRepository],
})
export class TasksModule {}
