import { Module } from '@nestjs/common';
import { SecurityModule } from '../security.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { CurrentKeyController } from './current-key.controller.js';

/** The making and revoking of API keys. */
@Module({
  imports: [SecurityModule],
  controllers: [CurrentKeyController, ApiKeysController],
  providers: [ApiKeysService],
})
export class ApiKeysModule {}
