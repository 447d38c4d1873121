import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { BatchRepository } from './batch.repository.js';
import { BatchesController } from './batches.controller.js';
import { BatchesService } from './batches.service.js';

@Module({
  imports: [SecurityModule],
  controllers: [BatchesController],
  providers: [BatchesService, BatchRepository],
  exports: [BatchesService],
})
export class BatchesModule {}
