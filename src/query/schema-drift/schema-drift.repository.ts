// The reads of schema_drift.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import { SqlConditions } from '../../persistence/sql-conditions.js';

export interface SchemaDriftRow {
  readonly kind: string;
  readonly field: string;
  readonly value: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly count: string;
  readonly sample_delivery_id: string;
}

/** A row's place in the order of first appearance: epoch milliseconds and the row's key. */
export interface DriftPosition {
  readonly firstSeenAt: number;
  readonly kind: string;
  readonly field: string;
  readonly value: string;
}

@Injectable()
export class SchemaDriftRepository {
  constructor(private readonly database: Database) {}

  /** What came before a position, the newest first. */
  list(
    filter: { readonly kind?: readonly string[] | undefined; readonly field?: readonly string[] | undefined },
    before: DriftPosition | undefined,
    limit: number,
  ): Promise<SchemaDriftRow[]> {
    const sql = new SqlConditions();
    sql.oneOf('kind', filter.kind);
    sql.oneOf('field', filter.field);
    if (before !== undefined) {
      const { firstSeenAt, kind, field, value } = before;
      const key = [kind, field, value].map((part) => sql.parameter(part)).join(', ');
      sql.add(`(first_seen_at, kind, field, value) < (${sql.instant(firstSeenAt)}, ${key})`);
    }
    const text = `SELECT kind, field, value, first_seen_at, last_seen_at, count, sample_delivery_id
      FROM schema_drift ${sql.where}
      ORDER BY first_seen_at DESC, kind DESC, field DESC, value DESC LIMIT ${sql.parameter(limit)}`;
    return this.database.read<SchemaDriftRow>({ text, values: sql.values });
  }
}
