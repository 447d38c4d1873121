import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { SchemaDrift } from '../../persistence/schema/entities/delivery.entities.js';
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

@Injectable()
export class SchemaDriftRepository {
  constructor(private readonly database: ReadingDatabase) {}

  /** Returns the entries before a position, most recently first seen first. */
  list(
    filter: { readonly kind?: readonly string[] | undefined; readonly field?: readonly string[] | undefined },
    before: DriftPosition | undefined,
    limit: number,
  ): Promise<SchemaDrift[]> {
    return this.database.readEntities((manager) => {
      const drift = manager.createQueryBuilder(SchemaDrift, 'drift');
      if (filter.kind !== undefined) drift.andWhere({ kind: In(filter.kind) });
      if (filter.field !== undefined) drift.andWhere({ field: In(filter.field) });
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
}
