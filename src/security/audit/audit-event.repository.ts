// The reads of audit_events.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import { firstIdOf } from '../../persistence/first-id.js';
import { SqlConditions } from '../../persistence/sql-conditions.js';

export interface AuditEventRow {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly key_id: string | null;
  readonly key_name: string | null;
  readonly remote_address: string | null;
  readonly request_id: string | null;
  readonly detail: Record<string, unknown>;
  readonly rows: string | null;
}

/** Which events. Times are epoch milliseconds, the range half-open. */
export interface AuditFilter {
  readonly action?: readonly string[] | undefined;
  readonly keyId?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const COLUMNS = 'id, at, action, key_id, key_name, remote_address, request_id, detail, rows';

@Injectable()
export class AuditEventRepository {
  constructor(private readonly database: Database) {}

  /** The events before one, the newest first. */
  list(filter: AuditFilter, before: string, limit: number): Promise<AuditEventRow[]> {
    const sql = new SqlConditions();
    sql.add(`id < ${sql.parameter(before)}`);
    sql.oneOf('action', filter.action);
    sql.oneOf('key_id', filter.keyId);
    sql.between('at', filter.from, filter.to);
    // Ids begin with the time: so the list's own index finds the range too.
    if (filter.from !== undefined) sql.add(`id >= ${sql.parameter(firstIdOf(filter.from))}`);
    if (filter.to !== undefined) sql.add(`id < ${sql.parameter(firstIdOf(filter.to))}`);
    const text = `SELECT ${COLUMNS} FROM audit_events ${sql.where} ORDER BY id DESC LIMIT ${sql.parameter(limit)}`;
    return this.database.read<AuditEventRow>({ text, values: sql.values });
  }
}
