import { Module } from '@nestjs/common';
import { SecurityModule } from '../security.module.js';
import { AuditEventRepository } from './audit-event.repository.js';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';

/** Answers queries of the audit. Other modules write audit events through AuditLog. */
@Module({
  imports: [SecurityModule],
  controllers: [AuditEventsController],
  providers: [AuditEventsService, AuditEventRepository],
})
export class AuditModule {}
