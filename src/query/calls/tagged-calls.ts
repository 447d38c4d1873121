// Finds rare tags without a walk over all calls.
import type { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import { type CallFilter, noteConditions } from './call-filter.js';

/** With more of them, a page is soon full when it looks at one call after the other. */
const MOST_IDS = 5000;

/**
 * The ids of all calls whose notes have the tags and the intent of a filter, if these are few. PostgreSQL can not know how
 * rare a tag is. It would guess that many notes have it, and look at all calls in their order to fill a page.
 *
 * @returns undefined if they are many, or if no tags are asked for
 */
export async function idsWithTags(
  database: ReadingDatabase,
  filter: CallFilter,
  isDistributed: boolean,
): Promise<string[] | undefined> {
  if (filter.tag === undefined || filter.tag.length === 0) return undefined;
  const sql = new SqlConditions();
  for (const condition of noteConditions(sql, filter)) sql.add(condition);
  const found = `SELECT m.call_id AS id FROM call_notes m ${sql.where}`;
  const limit = `LIMIT ${sql.parameter(MOST_IDS + 1)}`;
  // PostgreSQL plans the CTE for all of its rows, and stops at the limit. Citus would move all of its rows.
  const text = isDistributed
    ? `${found} ${limit}`
    : `WITH found AS MATERIALIZED (${found}) SELECT id FROM found ${limit}`;
  const rows = await database.read<{ id: string }>({ text, values: sql.values });
  return rows.length > MOST_IDS ? undefined : rows.map(({ id }) => id);
}
