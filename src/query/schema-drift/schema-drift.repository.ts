// The reads of schema_drift.
import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/reading-database.js';
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

/**
 * A place in the order of first appearance: behind so many of the rows of one instant (epoch milliseconds). Not behind a row's
 * key, as elsewhere: cursors are no secrets, and a field's name may be any text, a telephone number too.
 */
export interface DriftPosition {
  readonly firstSeenAt: number;
  readonly given: number;
}

@Injectable()
export class SchemaDriftRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /** What came before a position, the newest first. */
  list(
    filter: { readonly kind?: readonly string[] | undefined; readonly field?: readonly string[] | undefined },
    before: DriftPosition | undefined,
    limit: number,
  ): Promise<SchemaDriftRow[]> {
    const sql = new SqlConditions();
    sql.oneOf('kind', filter.kind);
    sql.oneOf('field', filter.field);
    if (before !== undefined) sql.add(`first_seen_at <= ${sql.instant(before.firstSeenAt)}`);
    const text = `SELECT kind, field, value, first_seen_at, last_seen_at, count, sample_delivery_id
      FROM schema_drift ${sql.where}
      ORDER BY first_seen_at DESC, kind DESC, field DESC, value DESC LIMIT ${sql.parameter(limit)}
      OFFSET ${sql.parameter(before?.given ?? 0)}`;
    return this.database.read<SchemaDriftRow>({ text, values: sql.values });
  }
}
