import { Module } from '@nestjs/common';
import { SecurityModule } from '../security.module.js';
import { ApiKeysController, CurrentKeyController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';

/** Creates, lists and revokes API keys. */
@Module({
  imports: [SecurityModule],
  controllers: [CurrentKeyController, ApiKeysController],
  providers: [ApiKeysService],
})
export class ApiKeysModule {}
