// The rollups held against the rows that they sum over.
import { Client, type QueryResultRow } from 'pg';
import type { TestDatabase } from './database.js';

const SUMS = `sum(calls) AS calls, sum(answered) AS answered, sum(duration) AS duration, sum(b_duration) AS b_duration,
  sum(answer_delay_ms) AS answer_delay_ms, sum(answer_delay_calls) AS answer_delay_calls,
  min(first_occurred_at) AS first_occurred_at, max(last_occurred_at) AS last_occurred_at`;

/** Rows of the sums that are not those of the rollups, or the other way round. */
const UNEQUAL_SUMS = `
  WITH from_rollups AS (
    SELECT bucket_start, source, lane, sum(calls) AS calls, sum(answered) AS answered, sum(duration) AS duration,
      sum(b_duration) AS b_duration, sum(answer_delay_ms) AS answer_delay_ms, sum(answer_delay_calls) AS answer_delay_calls
    FROM call_rollups GROUP BY 1, 2, 3)
  (SELECT 'only in sums' AS place, * FROM (SELECT * FROM rollup_sums EXCEPT SELECT * FROM from_rollups) AS a)
  UNION ALL (SELECT 'not in sums', * FROM (SELECT * FROM from_rollups EXCEPT SELECT * FROM rollup_sums) AS b)`;

/** Totals of a batch, source and lane that are not the sums of the rollups, and bounds that are not those of the rollups. */
const UNEQUAL_TOTALS = `
  WITH from_rollups AS (
    SELECT task_id, batch_id, source, sum(calls) AS calls, sum(answered) AS answered, sum(duration) AS duration,
      min(first_occurred_at) AS first, max(last_occurred_at) AS last
    FROM call_rollups GROUP BY 1, 2, 3),
  totals AS (
    SELECT task_id, batch_id, source, sum(calls) AS calls, sum(answered) AS answered, sum(duration) AS duration,
      min(first_occurred_at) AS first, max(last_occurred_at) AS last
    FROM campaign_totals GROUP BY 1, 2, 3)
  (SELECT 'only in totals' AS place, * FROM (TABLE totals EXCEPT TABLE from_rollups) AS a)
  UNION ALL (SELECT 'not in totals', * FROM (TABLE from_rollups EXCEPT TABLE totals) AS b)`;

/** Rows that stand in the rollups but not in a GROUP BY over the calls, or the other way round; and of their sums. Empty: equal. */
export async function rollupDifferences(database: Pick<TestDatabase, 'query'>): Promise<unknown[]> {
  return [
    ...(await database.query(UNEQUAL_SUMS)),
    ...(await database.query(UNEQUAL_TOTALS)),
    ...(await database.query(OF_THE_CALLS)),
  ];
}

const OF_THE_CALLS = `
    WITH from_rollups AS (
      SELECT bucket_start, source, task_id, batch_id, status_code, smart_status_code, hangup_direction, major_intent,
        ${SUMS}
      FROM call_rollups GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(calls) <> 0
        OR sum(answered) <> 0 OR sum(duration) <> 0 OR sum(answer_delay_ms) <> 0
    ), from_calls AS (
      SELECT date_bin('15 minutes', occurred_at, 'epoch') AS bucket_start, source, coalesce(task_id, '') AS task_id,
        coalesce(batch_id, '') AS batch_id, coalesce(status_code, '') AS status_code,
        coalesce(smart_status_code, '') AS smart_status_code, coalesce(hangup_direction, '') AS hangup_direction,
        coalesce((SELECT n.major_intent FROM call_notes n WHERE n.call_id = calls.call_id), '') AS major_intent,
        count(*) AS calls, count(*) FILTER (WHERE answered) AS answered, coalesce(sum(duration), 0) AS duration,
        coalesce(sum(b_duration), 0) AS b_duration,
        coalesce(sum(extract(epoch FROM start_time - originate_time) * 1000) FILTER (WHERE has_delay), 0)::bigint
          AS answer_delay_ms,
        count(*) FILTER (WHERE has_delay) AS answer_delay_calls,
        min(occurred_at) AS first_occurred_at, max(occurred_at) AS last_occurred_at
      FROM calls CROSS JOIN LATERAL (
        SELECT answered AND start_time - originate_time BETWEEN '-1 day' AND '1 day' AS has_delay) AS delay
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )
    (SELECT 'only in rollups' AS place, * FROM (TABLE from_rollups EXCEPT TABLE from_calls) AS a)
    UNION ALL (SELECT 'only in calls', * FROM (TABLE from_calls EXCEPT TABLE from_rollups) AS b)`;

/** As {@link rollupDifferences}, of a database that is no {@link TestDatabase}. */
export async function rollupDifferencesAt(url: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const query = async <Row extends QueryResultRow>(text: string) => (await client.query<Row>(text)).rows;
    return await rollupDifferences({ query });
  } finally {
    await client.end();
  }
}
