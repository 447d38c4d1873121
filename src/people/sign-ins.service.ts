import { Injectable, Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Settings, type SignInSettings } from '../config/settings.js';
import { Database } from '../persistence/connections/database.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import { Sealing } from '../security/sealing.js';
import { KnownSessions, personId } from '../security/sessions/known-sessions.js';
import { RoleScopes } from '../security/sessions/role-scopes.js';
import {
  csrfTokenOf,
  newSecret,
  parseTicket,
  sessionHash,
  type SessionTicket,
  ticketText,
} from '../security/sessions/session-cookie.js';
import { SessionRepository } from '../security/sessions/session.repository.js';
import { type Identity, IdentityProvider } from './identity-provider.js';
import { newSignIn, readSignInUnderWay, type SignInUnderWay } from './sign-in.js';

export const REFRESH_TOKENS = 'refresh tokens';
const SIGN_INS = 'sign-ins';

/** Where a request comes from, as the audit records it. */
export interface Origin {
  readonly remoteAddress: string | null;
  readonly requestId: string;
}

/** What the console needs to know of the person who uses it. */
export interface CurrentSession {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly csrfToken: string;
}

/** Lets people in by the identity provider, and out. */
@Injectable()
export class SignInsService {
  private readonly logger = new Logger('SignIn');

  constructor(
    private readonly settings: Settings,
    private readonly provider: IdentityProvider,
    private readonly sealing: Sealing,
    private readonly database: Database,
    private readonly repository: SessionRepository,
    private readonly sessions: KnownSessions,
    private readonly roles: RoleScopes,
    private readonly audit: AuditLog,
  ) {}

  /** Undefined: people can't sign in here. */
  get options(): SignInSettings | undefined {
    return this.settings.signIn;
  }

  /**
   * Begins a sign-in.
   *
   * @param asksAgain whether the provider should ask for the password even if it knows the browser
   * @returns where to send the browser, and the content of the cookie that it needs when it comes back
   */
  async begin(returnTo: string, asksAgain: boolean): Promise<{ address: URL; cookie: string }> {
    const underWay = newSignIn(returnTo);
    const address = await this.provider.addressFor(underWay, asksAgain);
    const cookie = this.sealing.sealed(SIGN_INS, JSON.stringify(underWay)).toString('base64url');
    return { address, cookie };
  }

  /** @returns undefined if the cookie is of no sign-in that is under way */
  underWay(cookie: string | undefined): SignInUnderWay | undefined {
    const text = this.sealing.opened(SIGN_INS, Buffer.from(cookie ?? '', 'base64url'));
    return text === undefined ? undefined : readSignInUnderWay(text);
  }

  /**
   * Ends a sign-in.
   *
   * @returns the content of the session's cookie; undefined if nothing that the person belongs to gives access
   * @throws ProviderRefusal
   */
  async finish(search: string, underWay: SignInUnderWay, origin: Origin): Promise<string | undefined> {
    const identity = await this.provider.identityOf(search, underWay);
    const roles = this.roles.known(identity.values ?? []);
    if (roles.length === 0) {
      await this.audit.record({
        action: 'session.refused',
        by: asAsker(identity, origin),
        detail: {},
        rows: null,
      });
      return undefined;
    }
    if (identity.refreshToken === undefined)
      this.logger.warn(
        'The identity provider gave no refresh token. So a role that is taken away ends no session before SESSION_HOURS. See OIDC_SCOPES and OIDC_PROMPT.',
      );
    return this.open(identity, roles, origin);
  }

  /** The session of a cookie, as the console needs it; undefined if it is not open. */
  async current(cookie: string | undefined): Promise<CurrentSession | undefined> {
    const ticket = parseTicket(cookie ?? '');
    const person = ticket === undefined ? undefined : await this.sessions.holderOf(ticket);
    if (ticket === undefined || person === undefined) return undefined;
    const { name, scopes, expiresAt } = person;
    const csrfToken = csrfTokenOf(ticket);
    return { id: ticket.id, name, scopes, expiresAt: expiresAt?.toISOString() ?? null, csrfToken };
  }

  /**
   * Ends the session of a ticket. It does nothing if that is not open.
   *
   * @param everywhere ends the person's other sessions too
   */
  async signOut(ticket: SessionTicket, everywhere: boolean, origin: Origin): Promise<void> {
    const person = await this.sessions.holderOf(ticket);
    if (person === undefined) return;
    const subject = person.keyId.slice(personId('').length);
    try {
      await this.database.transaction(async (transaction) => {
        const ended = everywhere
          ? await this.repository.endAll(transaction, subject, 'signed out')
          : [ticket.id];
        if (!everywhere) await this.repository.end(transaction, ticket.id, 'signed out');
        const detail = { ids: ended, reason: 'signed out' };
        const by: Principal = { ...person, ...origin };
        await this.audit.recordIn(transaction, { action: 'session.ended', by, detail, rows: ended.length });
      });
    } finally {
      this.sessions.forget();
    }
  }

  private async open(identity: Identity, roles: string[], origin: Origin): Promise<string> {
    const { subject, name, refreshToken } = identity;
    const ticket = { id: uuidv7(), secret: newSecret() };
    const now = Date.now();
    const expiresAt = new Date(now + (this.settings.signIn?.sessionMs ?? 0));
    await this.database.transaction(async (transaction) => {
      await this.repository.insert(transaction, {
        id: ticket.id,
        secretHash: sessionHash(ticket.secret),
        ...{ subject, name, roles },
        remoteAddress: origin.remoteAddress,
        createdAt: new Date(now),
        expiresAt,
        checkedAt: new Date(now),
        endedAt: null,
        endReason: null,
        refreshToken: refreshToken === undefined ? null : this.sealing.sealed(REFRESH_TOKENS, refreshToken),
      });
      const by = asAsker(identity, origin);
      const detail = { id: ticket.id, roles, expiresAt };
      await this.audit.recordIn(transaction, { action: 'session.begun', by, detail, rows: null });
    });
    this.sessions.forget();
    return ticketText(ticket);
  }
}

function asAsker({ subject, name }: Identity, origin: Origin): Principal {
  const id = personId(subject);
  return { keyId: id, name, scopes: [], sources: null, expiresAt: null, family: id, ...origin };
}
