import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { ExportLimits } from './export-limits.js';
import { ExportRepository } from './export.repository.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';

/** Calls as files. */
@Module({
  imports: [SecurityModule],
  controllers: [ExportsController],
  providers: [ExportsService, ExportRepository, ExportLimits],
})
export class ExportsModule {}
