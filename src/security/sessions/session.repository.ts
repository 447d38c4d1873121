import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan } from 'typeorm';
import { Database } from '../../persistence/connections/database.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { Session } from '../../persistence/schema/entities/people.entities.js';

const KNOWN = {
  id: true,
  secretHash: true,
  subject: true,
  name: true,
  roles: true,
  expiresAt: true,
} as const;
export type KnownSession = Pick<Session, keyof typeof KNOWN>;

/** A session whose person the provider is to be asked about. */
export interface DueSession {
  readonly id: string;
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly refresh_token: Buffer;
}

const END = 'ended_at = now(), refresh_token = NULL';
const IS_OPEN = 'ended_at IS NULL AND expires_at > now()';
const END_ONE = {
  name: 'end-session',
  text: `UPDATE sessions SET ${END}, end_reason = $2 WHERE id = $1 AND ${IS_OPEN} RETURNING subject, name`,
};
const END_ALL = {
  name: 'end-sessions-of-person',
  text: `UPDATE sessions SET ${END}, end_reason = $2 WHERE subject = $1 AND ${IS_OPEN} RETURNING id`,
};
// The claim moves the time, so that no other process asks about the same session at once.
const CLAIM = {
  name: 'claim-due-sessions',
  text: `UPDATE sessions SET checked_at = now() WHERE id = ANY(ARRAY(
      SELECT id FROM sessions WHERE ${IS_OPEN} AND refresh_token IS NOT NULL AND checked_at < $1
      ORDER BY checked_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING id, subject, name, roles, refresh_token`,
};
const CHECKED = {
  name: 'note-checked-session',
  text: `UPDATE sessions SET roles = $2, name = $3, refresh_token = coalesce($4, refresh_token) WHERE id = $1 AND ${IS_OPEN}`,
};
const UNCHECKED = {
  name: 'note-unchecked-session',
  text: 'UPDATE sessions SET checked_at = $2 WHERE id = $1',
};
const FORGET = {
  name: 'forget-old-sessions',
  text: 'DELETE FROM sessions WHERE least(ended_at, expires_at) < $1',
};

/** Reads and writes the table sessions. */
@Injectable()
export class SessionRepository {
  constructor(private readonly database: Database) {}

  /** Reads all sessions that have not ended. It does not wait for the semaphore of queries. */
  known(): Promise<KnownSession[]> {
    const where = { endedAt: IsNull(), expiresAt: MoreThan(new Date()) };
    return this.database.queryEntities((manager) => manager.find(Session, { select: KNOWN, where }));
  }

  /** Lists the sessions before the given id, newest first. */
  list(before: string, limit: number): Promise<Session[]> {
    return this.database.readEntities((manager) =>
      manager.find(Session, { where: { id: LessThan(before) }, order: { id: 'DESC' }, take: limit }),
    );
  }

  async insert({ manager }: Transaction, session: Session): Promise<void> {
    await manager.insert(Session, session);
  }

  async exists({ manager }: Transaction, id: string): Promise<boolean> {
    return manager.existsBy(Session, { id });
  }

  /** @returns whose session it was; undefined if it had ended already */
  async end(
    transaction: Transaction,
    id: string,
    reason: string,
  ): Promise<{ subject: string; name: string } | undefined> {
    const { rows } = await transaction.query<{ subject: string; name: string }>({
      ...END_ONE,
      values: [id, reason],
    });
    return rows[0];
  }

  /** Ends all sessions of a person. @returns their ids */
  async endAll(transaction: Transaction, subject: string, reason: string): Promise<string[]> {
    const { rows } = await transaction.query<{ id: string }>({ ...END_ALL, values: [subject, reason] });
    return rows.map(({ id }) => id);
  }

  /** Takes sessions that were last checked before an instant. Nobody else takes them meanwhile. */
  claimDue(before: Date, limit: number): Promise<DueSession[]> {
    return this.database.query<DueSession & Record<string, unknown>>({ ...CLAIM, values: [before, limit] });
  }

  /** @param refreshToken the sealed new one; null: the old one is still good */
  async noteChecked(
    id: string,
    roles: readonly string[],
    name: string,
    refreshToken: Buffer | null,
  ): Promise<void> {
    await this.database.query({ ...CHECKED, values: [id, [...roles], name, refreshToken] });
  }

  /** The provider did not answer: the session is checked again as if it had been checked at this time. */
  async noteUnchecked(id: string, checkedAt: Date): Promise<void> {
    await this.database.query({ ...UNCHECKED, values: [id, checkedAt] });
  }

  /** Deletes sessions that ended before an instant. */
  async forgetEnded(before: Date): Promise<void> {
    await this.database.query({ ...FORGET, values: [before] });
  }
}
