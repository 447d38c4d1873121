import { Module } from '@nestjs/common';
import { AllowedNetworks } from './allowed-networks.js';
import { ApiGate } from './api-gate.js';
import { ApiKeyRepository } from './api-keys/api-key.repository.js';
import { KeyUses } from './api-keys/key-uses.js';
import { KnownKeys } from './api-keys/known-keys.js';
import { AuditLog } from './audit/audit-log.js';
import { FailedLogins } from './failed-logins.js';
import { KeyStreams } from './key-streams.js';
import { NumberSearches } from './number-searches.js';
import { Sealing } from './sealing.js';
import { KnownSessions } from './sessions/known-sessions.js';
import { RoleScopes } from './sessions/role-scopes.js';
import { SessionRepository } from './sessions/session.repository.js';
import { PushTokens } from './push-tokens.js';

/** Access control: who may push, and who may query. */
@Module({
  providers: [
    PushTokens,
    AllowedNetworks,
    ApiKeyRepository,
    KeyUses,
    KnownKeys,
    FailedLogins,
    ApiGate,
    AuditLog,
    KeyStreams,
    NumberSearches,
    Sealing,
    SessionRepository,
    RoleScopes,
    KnownSessions,
  ],
  exports: [
    PushTokens,
    AllowedNetworks,
    ApiKeyRepository,
    KnownKeys,
    FailedLogins,
    AuditLog,
    KeyStreams,
    NumberSearches,
    Sealing,
    SessionRepository,
    RoleScopes,
    KnownSessions,
  ],
})
export class SecurityModule {}
