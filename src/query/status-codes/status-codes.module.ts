import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { StatusCodeRepository } from './status-code.repository.js';
import { StatusCodesController } from './status-codes.controller.js';
import { StatusCodesService } from './status-codes.service.js';

@Module({
  imports: [SecurityModule],
  controllers: [StatusCodesController],
  providers: [StatusCodesService, StatusCodeRepository],
})
export class StatusCodesModule {}
