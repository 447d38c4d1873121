import { CHANGED } from '../changes/changed-calls.repository.js';

/** Beyond so many deliveries, nobody counts: it is far behind. They take 5 ms. */
const MOST_COUNTED = 10_000;

/** SQL: the columns of {@link lagOf}. */
export const LAG_COLUMNS = `coalesce(lag.changes, 0)::float8 AS "lagChanges",
  coalesce(floor(greatest(extract(epoch FROM now() - lag.since), 0)), 0)::float8 AS "lagSeconds"`;

/**
 * SQL of a join: what comes after the place of a row in the feed. Deliveries of sources that it can't see do not count.
 *
 * @param row a table with `position` and `sources`
 */
export function lagOf(row: string): string {
  return `LEFT JOIN LATERAL (SELECT min(received_at) AS since, sum(CASE via WHEN 'recording' THEN 1
      WHEN 'erasure' THEN (SELECT count(*) FROM erased_calls e WHERE e.delivery_id = d.id)
      ELSE stored + corrected END) AS changes
    FROM (SELECT id, via, source, received_at, stored, corrected FROM deliveries
      WHERE ${CHANGED} AND position >= ${row}.position ORDER BY position LIMIT ${MOST_COUNTED}) AS d
    WHERE ${row}.sources IS NULL OR d.via IN ('erasure', 'recording') OR d.source = ANY(${row}.sources)) AS lag ON true`;
}
