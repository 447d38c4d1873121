import { Module } from '@nestjs/common';
import { SecurityModule } from '../../security/security.module.js';
import { SchemaDriftController } from './schema-drift.controller.js';
import { SchemaDriftRepository } from './schema-drift.repository.js';
import { SchemaDriftService } from './schema-drift.service.js';

@Module({
  imports: [SecurityModule],
  controllers: [SchemaDriftController],
  providers: [SchemaDriftService, SchemaDriftRepository],
})
export class SchemaDriftModule {}
