import { Injectable, NotFoundException } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../http/parameters/cursor.js';
import { DEFAULT_LIMIT, type Page, pageOf, type PageQuery } from '../http/parameters/page.js';
import { Database } from '../persistence/connections/database.js';
import type { Session } from '../persistence/schema/entities/people.entities.js';
import { AuditLog } from '../security/audit/audit-log.js';
import type { Principal } from '../security/principal.js';
import { KnownSessions } from '../security/sessions/known-sessions.js';
import { RoleScopes } from '../security/sessions/role-scopes.js';
import { SessionRepository } from '../security/sessions/session.repository.js';
import type { SessionDto } from './session.dto.js';

const REASON = 'ended by an administrator';

/** Lists and ends the sessions of people. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly repository: SessionRepository,
    private readonly sessions: KnownSessions,
    private readonly roles: RoleScopes,
    private readonly audit: AuditLog,
  ) {}

  /** @throws InvalidParametersException if the cursor is not valid */
  async list({ limit = DEFAULT_LIMIT, cursor }: PageQuery): Promise<Page<SessionDto>> {
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'sessions');
    const rows = await this.repository.list(before, limit + 1);
    const entries = rows.map((session) => this.sessionDto(session));
    return pageOf(entries, limit, (last) => encodeCursor('sessions', [last.id]));
  }

  /**
   * Ends a session. If it has ended already, nothing changes.
   *
   * @throws NotFoundException if there is no session with this id
   */
  async end(id: string, asker: Principal): Promise<void> {
    if (!isUuid(id)) throw missing();
    try {
      await this.database.transaction(async (transaction) => {
        if (!(await this.repository.exists(transaction, id))) throw missing();
        const ended = await this.repository.end(transaction, id, REASON);
        if (ended === undefined) return;
        const detail = { ids: [id], person: ended.name, subject: ended.subject, reason: REASON };
        await this.audit.recordIn(transaction, { action: 'session.ended', by: asker, detail, rows: 1 });
      });
    } finally {
      this.sessions.forget();
    }
  }

  private sessionDto(session: Session): SessionDto {
    const { id, subject, name, roles, remoteAddress, endReason } = session;
    return {
      ...{ id, subject, name, roles, scopes: this.roles.of(roles), remoteAddress },
      createdAt: session.createdAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      checkedAt: session.checkedAt.toISOString(),
      endedAt: session.endedAt?.toISOString() ?? null,
      endReason,
    };
  }
}

function missing(): NotFoundException {
  return new NotFoundException('There is no session with this id');
}
