import { Module } from '@nestjs/common';
import { SecurityModule } from '../security/security.module.js';
import { AuthController } from './auth.controller.js';
import { IdentityProvider } from './identity-provider.js';
import { SessionChecks } from './session-checks.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignInsService } from './sign-ins.service.js';

/** Lets people sign in with the company's identity provider, and ends their sessions. */
@Module({
  imports: [SecurityModule],
  controllers: [AuthController, SessionsController],
  providers: [IdentityProvider, SignInsService, SessionsService, SessionChecks],
})
export class PeopleModule {}
