import { type FindOperator, In } from 'typeorm';
import { SqlConditions } from '../persistence/sql/sql-conditions.js';

/** Which rows a reader may see. */
export interface Viewer {
  /** Rows of other sources do not exist for the reader. Null: all sources exist. */
  readonly sources: readonly string[] | null;
}

/**
 * The condition that a viewer sees a row, for prepared statements: one plan for those who are limited and those who are not.
 *
 * @param parameter the place holder of `viewer.sources`
 */
export function isOfSources(parameter: string, column = 'source'): string {
  return `(${parameter}::text[] IS NULL OR ${column} = ANY(${parameter}::text[]))`;
}

/** The condition that a viewer sees an entity, for `where` of TypeORM. */
export function ofVisibleSources({ sources }: Viewer): { source?: FindOperator<string> } {
  return sources === null ? {} : { source: In(sources) };
}

/** The conditions of a WHERE clause on a table with a column `source`, of whose rows a viewer sees some. */
export function visibleTo({ sources }: Viewer): SqlConditions {
  const sql = new SqlConditions();
  // Also beside a filter of its own: what is within both is seen.
  if (sources !== null) sql.oneOf('source', sources);
  return sql;
}
