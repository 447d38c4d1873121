import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { BackgroundLoop } from '../background/background-loop.js';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { Database } from '../persistence/connections/database.js';
import { DatabaseLifecycle } from '../persistence/connections/database-lifecycle.js';
import { AuditLog } from '../security/audit/audit-log.js';
import { Sealing } from '../security/sealing.js';
import { KnownSessions } from '../security/sessions/known-sessions.js';
import { RoleScopes } from '../security/sessions/role-scopes.js';
import { type DueSession, SessionRepository } from '../security/sessions/session.repository.js';
import { IdentityProvider } from './identity-provider.js';
import { ProviderRefusal } from './sign-in.js';
import { REFRESH_TOKENS } from './sign-ins.service.js';

const LOOKS_EVERY_MS = 3000;
const LONGEST_PAUSE_MS = 60_000;
/** How often the provider is asked about a session. */
const ASKED_EVERY_MS = 300_000;
/** When it is asked again if it did not answer. */
const AGAIN_AFTER_MS = 30_000;
const MOST_AT_ONCE = 10;
/** Sessions are listed for so long after their end. */
const KEPT_MS = 30 * 86_400_000;
const FORGETS_EVERY_MS = 3_600_000;

/**
 * Asks the identity provider every five minutes whether people who are signed in may still be. It ends their sessions
 * if not, and notes what they belong to now. The processes share the work.
 */
@Injectable()
export class SessionChecks
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('SignIn');
  private readonly loop = new BackgroundLoop({
    round: () => this.round(),
    backoff: { firstMs: LOOKS_EVERY_MS, longestMs: LONGEST_PAUSE_MS },
    onFailure: (error) => {
      this.logger.warn(`the sessions of people could not be checked: ${errorText(error)}`);
    },
  });
  private forgotAt = -Infinity;

  constructor(
    private readonly settings: Settings,
    private readonly lifecycle: DatabaseLifecycle,
    private readonly database: Database,
    private readonly provider: IdentityProvider,
    private readonly sealing: Sealing,
    private readonly repository: SessionRepository,
    private readonly sessions: KnownSessions,
    private readonly roles: RoleScopes,
    private readonly audit: AuditLog,
  ) {}

  onApplicationBootstrap(): void {
    if (this.settings.signIn !== undefined) this.loop.start();
  }

  beforeApplicationShutdown(): void {
    this.loop.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.ended();
  }

  private async round(): Promise<number> {
    if (!this.lifecycle.migrated) return LOOKS_EVERY_MS;
    const due = await this.repository.claimDue(new Date(Date.now() - ASKED_EVERY_MS), MOST_AT_ONCE);
    await Promise.all(due.map((session) => this.check(session)));
    if (performance.now() - this.forgotAt >= FORGETS_EVERY_MS) {
      await this.repository.forgetEnded(new Date(Date.now() - KEPT_MS));
      this.forgotAt = performance.now();
    }
    return due.length === MOST_AT_ONCE ? 0 : LOOKS_EVERY_MS;
  }

  private async check(session: DueSession): Promise<void> {
    const { id, subject } = session;
    const token = this.sealing.opened(REFRESH_TOKENS, session.refresh_token);
    // It was sealed with a key that the settings do not have any more. So nobody can ask about the person.
    if (token === undefined) return this.end(session, 'the key that seals refresh tokens has changed');
    try {
      const { values, name, refreshToken } = await this.provider.refreshed(token, subject);
      const roles = values === undefined ? session.roles : this.roles.known(values);
      if (roles.length === 0) {
        await this.end(session, 'no role gives access any more');
        return;
      }
      const sealed = refreshToken === undefined ? null : this.sealing.sealed(REFRESH_TOKENS, refreshToken);
      await this.repository.noteChecked(id, roles, name === subject ? session.name : name, sealed);
      if (roles.join() !== session.roles.join()) this.sessions.forget();
    } catch (error) {
      if (error instanceof ProviderRefusal) return this.end(session, 'the identity provider refused');
      this.logger.warn(`the identity provider could not be asked about a session: ${errorText(error)}`);
      await this.repository.noteUnchecked(id, new Date(Date.now() - ASKED_EVERY_MS + AGAIN_AFTER_MS));
    }
  }

  private async end({ id, subject }: DueSession, reason: string): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const ended = await this.repository.end(transaction, id, reason);
      if (ended === undefined) return;
      const detail = { ids: [id], person: ended.name, subject, reason };
      await this.audit.recordIn(transaction, { action: 'session.ended', by: null, detail, rows: 1 });
    });
    this.sessions.forget();
  }
}
