import { type FindOperator, In } from 'typeorm';
import { SqlConditions } from '../persistence/sql/sql-conditions.js';

/** Which rows a reader may see. */
export interface Viewer {
  /** Rows of other sources do not exist for the reader. Null: all sources exist. */
  readonly sources: readonly string[] | null;
}

/**
 * SQL of the condition that a viewer may see a row, for prepared statements. The statement is the same for limited and
 * unlimited viewers.
 *
 * @param parameter the placeholder of `viewer.sources`
 */
export function isOfSources(parameter: string, column = 'source'): string {
  return `(${parameter}::text[] IS NULL OR ${column} = ANY(${parameter}::text[]))`;
}

/** The condition that a viewer may see an entity, for `where` of TypeORM. */
export function ofVisibleSources({ sources }: Viewer): { source?: FindOperator<string> } {
  return sources === null ? {} : { source: In(sources) };
}

/** The conditions of a WHERE clause on a table with a column `source`, for the rows that a viewer may see. */
export function visibleTo({ sources }: Viewer): SqlConditions {
  const sql = new SqlConditions();
  // A filter by sources may be added to it. Then the rows that meet both conditions are visible.
  if (sources !== null) sql.oneOf('source', sources);
  return sql;
}
