import { Module } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { QuarantineController } from './quarantine.controller.js';
import { QuarantineRepository } from './quarantine.repository.js';
import { QuarantineService } from './quarantine.service.js';

/** What could not be read as a call. */
@Module({
  imports: [SecurityModule],
  controllers: [QuarantineController],
  providers: [QuarantineService, QuarantineRepository],
})
export class QuarantineModule {}
