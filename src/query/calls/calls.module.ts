import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { CallRepository } from './call.repository.js';
import { CallsController } from './calls.controller.js';
import { CallsService } from './calls.service.js';

@Module({
  imports: [SecurityModule],
  controllers: [CallsController],
  providers: [CallsService, CallRepository],
})
export class CallsModule {}
