import { Module } from '@nestjs/common';
import { AllowedNetworks } from './allowed-networks.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { PushTokens } from './push-tokens.js';

/** Who may push and who may ask. */
@Module({
  providers: [PushTokens, AllowedNetworks, ApiKeyGuard],
  exports: [PushTokens, AllowedNetworks, ApiKeyGuard],
})
export class SecurityModule {}
