import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { ExportLimits, ExportsService } from './exports.service.js';
import { ExportRepository } from './export.repository.js';
import { ExportsController } from './exports.controller.js';

/** Calls as files. */
@Module({
  imports: [SecurityModule],
  controllers: [ExportsController],
  providers: [ExportsService, ExportRepository, ExportLimits],
})
export class ExportsModule {}
