import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../../background/single-flight.js';
import type { KeyHolder } from '../principal.js';
import { RoleScopes } from './role-scopes.js';
import { isSecretOf, type SessionTicket } from './session-cookie.js';
import { type KnownSession, SessionRepository } from './session.repository.js';

/** The time within which a process learns that another one has ended a session. */
const FRESH_MS = 2000;

interface Snapshot {
  readonly askedAt: number;
  readonly sessions: ReadonlyMap<string, KnownSession>;
}

/**
 * Knows the sessions that are open now. It reads all of them together, at most once in two seconds, as long as no
 * request names one that it does not know: people who sign in are redirected at once, maybe to another process.
 */
@Injectable()
export class KnownSessions {
  private snapshot: Snapshot | undefined;
  private readonly asking = new SingleFlight(() => this.ask());
  private changes = 0;

  constructor(
    private readonly repository: SessionRepository,
    private readonly roles: RoleScopes,
  ) {}

  /**
   * Finds the person whose session a cookie is of.
   *
   * @returns undefined if the session is not known, or has ended
   * @throws DatabaseUnavailableError
   */
  async holderOf({ id, secret }: SessionTicket): Promise<KeyHolder | undefined> {
    const now = Date.now();
    const session =
      (await this.current(FRESH_MS)).sessions.get(id) ?? (await this.askedSince(now)).sessions.get(id);
    if (session === undefined || !isSecretOf(secret, session.secretHash) || hasExpired(session))
      return undefined;
    return this.personOf(session);
  }

  /**
   * Whether a session is still open, and its person may still do what they could.
   *
   * @param ageMs the greatest age of what is known, in ms
   * @throws DatabaseUnavailableError
   */
  async isGood({ sessionId = '', scopes }: KeyHolder, ageMs: number): Promise<boolean> {
    const session = (await this.current(ageMs)).sessions.get(sessionId);
    if (session === undefined || hasExpired(session)) return false;
    const left = this.roles.of(session.roles);
    return scopes.every((scope) => left.includes(scope));
  }

  /** Call it after a change of sessions, so that this process knows it at once. */
  forget(): void {
    this.changes += 1;
    this.snapshot = undefined;
    this.asking.forget();
  }

  private personOf({ id, subject, name, roles, expiresAt }: KnownSession): KeyHolder {
    const person = personId(subject);
    const scopes = this.roles.of(roles);
    // A person's sessions share their limits.
    return { keyId: person, name, scopes, sources: null, expiresAt, family: person, sessionId: id };
  }

  private async current(ageMs: number): Promise<Snapshot> {
    const { snapshot } = this;
    if (snapshot !== undefined && Date.now() - snapshot.askedAt < ageMs) return snapshot;
    return this.asking.run();
  }

  /** What was asked for at an instant or later. */
  private async askedSince(instant: number): Promise<Snapshot> {
    let { snapshot } = this;
    while (snapshot === undefined || snapshot.askedAt < instant) snapshot = await this.asking.run();
    return snapshot;
  }

  private async ask(): Promise<Snapshot> {
    const askedAt = Date.now();
    const { changes } = this;
    const known = await this.repository.known();
    const snapshot = { askedAt, sessions: new Map(known.map((session) => [session.id, session])) };
    // If sessions were changed meanwhile, this result is only for callers that asked before the change.
    if (changes === this.changes) this.snapshot = snapshot;
    return snapshot;
  }
}

/** How the audit, and what people make, name a person: by the provider's id, which stays when the name changes. */
export function personId(subject: string): string {
  return `person:${subject}`;
}

function hasExpired({ expiresAt }: KnownSession): boolean {
  return expiresAt.getTime() <= Date.now();
}
