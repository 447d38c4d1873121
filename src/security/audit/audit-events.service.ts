import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { decodeIdCursor, encodeCursor, LAST_ID } from '../../http/parameters/cursor.js';
import { instantOf } from '../../http/parameters/instant-text.js';
import { DEFAULT_LIMIT, type Page, pageOf } from '../../http/parameters/page.js';
import type { AuditEvent } from '../../persistence/schema/entities/access.entities.js';
import type { AuditEventDto, AuditQuery } from './audit-event.dto.js';
import { AuditEventRepository } from './audit-event.repository.js';

/** Lists audit events. */
@Injectable()
export class AuditEventsService {
  constructor(
    private readonly settings: Settings,
    private readonly events: AuditEventRepository,
  ) {}

  /** @throws InvalidParametersException if a time or the cursor is not valid */
  async list(query: AuditQuery): Promise<Page<AuditEventDto>> {
    const { limit = DEFAULT_LIMIT, cursor, timeZone = this.settings.pushTimeZone } = query;
    const before = cursor === undefined ? LAST_ID : decodeIdCursor(cursor, 'audit-events');
    const time = (text: string | undefined) => (text === undefined ? undefined : instantOf(text, timeZone));
    const filter = { ...query, from: time(query.from), to: time(query.to) };
    const rows = await this.events.list(filter, before, limit + 1);
    return pageOf(rows.map(eventDto), limit, (last) => encodeCursor('audit-events', [last.id]));
  }
}

function eventDto(event: AuditEvent): AuditEventDto {
  return {
    id: event.id,
    at: event.at.toISOString(),
    action: event.action,
    keyId: event.keyId,
    keyName: event.keyName,
    remoteAddress: event.remoteAddress,
    requestId: event.requestId,
    detail: event.detail,
    rows: event.rows,
  };
}
