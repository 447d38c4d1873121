import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThanOrEqual } from 'typeorm';
import { Database } from '../../persistence/connections/database.js';
import { AuditEvent } from '../../persistence/schema/entities/access.entities.js';
import { firstIdOf } from '../../persistence/sql/ids.js';

/** Filter for events. Times are epoch milliseconds, and the range is half-open. */
export interface AuditFilter {
  readonly action?: readonly string[] | undefined;
  readonly keyId?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads the table audit_events. `AuditLog` writes it. */
@Injectable()
export class AuditEventRepository {
  constructor(private readonly database: Database) {}

  /** Lists the events before the given id, newest first. */
  list(filter: AuditFilter, before: string, limit: number): Promise<AuditEvent[]> {
    return this.database.readEntities((manager) => {
      const events = manager.createQueryBuilder(AuditEvent, 'event').where({ id: LessThan(before) });
      const { action, keyId, from, to } = filter;
      if (action !== undefined) events.andWhere({ action: In(action) });
      if (keyId !== undefined) events.andWhere({ keyId: In(keyId) });
      // Ids begin with the time, so the index of the list also finds the range.
      if (from !== undefined)
        events.andWhere({ at: MoreThanOrEqual(new Date(from)), id: MoreThanOrEqual(firstIdOf(from)) });
      if (to !== undefined) events.andWhere({ at: LessThan(new Date(to)), id: LessThan(firstIdOf(to)) });
      return events.orderBy('event.id', 'DESC').limit(limit).getMany();
    });
  }
}
