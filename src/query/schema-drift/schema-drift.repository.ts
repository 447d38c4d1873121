import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, Not } from 'typeorm';
import { SchemaDrift } from '../../persistence/schema/entities/delivery.entities.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';

/**
 * A place in the order of first appearance: an instant (epoch milliseconds), and how many rows of this instant were
 * given already. Other lists use a row's key, but cursors are not secret, and a field's name may be any text, even
 * a telephone number.
 */
export interface DriftPosition {
  readonly firstSeenAt: number;
  readonly given: number;
}

/** Which entries. */
export interface DriftFilter {
  readonly kind?: readonly string[] | undefined;
  readonly field?: readonly string[] | undefined;
  /** Epoch milliseconds, exclusive. */
  readonly firstSeenTo?: number | undefined;
}

@Injectable()
export class SchemaDriftRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /** Returns the entries before a position, most recently first seen first. */
  list(
    filter: DriftFilter & { readonly status?: readonly ('open' | 'acknowledged')[] | undefined },
    before: DriftPosition | undefined,
    limit: number,
  ): Promise<SchemaDrift[]> {
    return this.database.readEntities((manager) => {
      const drift = manager.createQueryBuilder(SchemaDrift, 'drift');
      if (filter.kind !== undefined) drift.andWhere({ kind: In(filter.kind) });
      if (filter.field !== undefined) drift.andWhere({ field: In(filter.field) });
      const [status, other] = filter.status ?? [];
      if (status !== undefined && other === undefined)
        drift.andWhere({ acknowledgedAt: status === 'open' ? IsNull() : Not(IsNull()) });
      if (before !== undefined)
        drift.andWhere({ firstSeenAt: LessThanOrEqual(new Date(before.firstSeenAt)) });
      for (const column of ['firstSeenAt', 'kind', 'field', 'value'])
        drift.addOrderBy(`drift.${column}`, 'DESC');
      return drift
        .limit(limit)
        .offset(before?.given ?? 0)
        .getMany();
    });
  }

  /** Returns how many open entries there are. */
  async countOpen(transaction: Transaction, filter: DriftFilter): Promise<number> {
    const sql = openOnes(filter);
    const text = `SELECT count(*)::int AS n FROM schema_drift ${sql.where}`;
    const { rows } = await transaction.query<{ n: number }>({ text, values: sql.values });
    return rows[0]?.n ?? 0;
  }

  /** Marks open entries as seen. @returns how many */
  async acknowledge(transaction: Transaction, filter: DriftFilter): Promise<number> {
    const sql = openOnes(filter);
    const text = `UPDATE schema_drift SET acknowledged_at = now() ${sql.where} RETURNING 1`;
    return (await transaction.query({ text, values: sql.values })).rows.length;
  }
}

function openOnes({ kind, field, firstSeenTo }: DriftFilter): SqlConditions {
  const sql = new SqlConditions();
  sql.add('acknowledged_at IS NULL');
  sql.oneOf('kind', kind);
  sql.oneOf('field', field);
  sql.between('first_seen_at', undefined, firstSeenTo);
  return sql;
}
