// A migrated, empty ledger in; one that holds some millions of calls out, with tasks, batches, deliveries and rollups.
import type { Client } from 'pg';
import { say } from './progress.js';

const CALLS_A_STATEMENT = 500_000;

/**
 * Fills a ledger as campaigns of 40,000 calls a day would have, five tasks side by side for five days each, pushed in hundreds.
 * The bodies of the pushes are left out: after BODY_RETENTION_DAYS they are gone anyway.
 */
export async function fillLedger(client: Client, calls: number): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
    SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
    WHERE indrelid = 'calls'::regclass AND NOT indisprimary`);
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  for (let first = 0; first < calls; first += CALLS_A_STATEMENT) {
    say(`filling a ledger with ${calls.toLocaleString('en')} calls: ${first.toLocaleString('en')}`);
    await client.query(INSERT_CALLS, [first, Math.min(calls, first + CALLS_A_STATEMENT) - 1]);
  }
  for (const { name, definition } of indexes) {
    say(`filling a ledger with ${calls.toLocaleString('en')} calls: index ${name}`);
    await client.query(definition);
  }
  say(`filling a ledger with ${calls.toLocaleString('en')} calls: the other tables`);
  for (const statement of DERIVED) await client.query(statement);
  await client.query('VACUUM (ANALYZE)');
  await client.query('CHECKPOINT');
}

/** SQL: when the call of that number began. */
function timeOf(number: string): string {
  return `(timestamptz '2024-01-01 09:00+08' + ${number} / 40000 * interval '1 day' + ${number} % 40000 * interval '1 s')`;
}

const INSERT_CALLS = `
  WITH numbered AS (
    SELECT n, n / 100 AS push, ${timeOf('n')} AS at,
      ${timeOf('(n / 100 * 100 + 99)')} + interval '2 minutes' AS pushed_at,
      n / 100000 * 5 + n % 5 AS task, n / 25000 % 4 AS batch, n % 10 < 5 AS answered, n * 7 / 10 AS person,
      n * 7919 % 1000 AS luck
    FROM generate_series($1::bigint, $2::bigint) AS n)
  INSERT INTO calls (call_id, occurred_at, originate_time, ring_time, start_time, end_time, b_originate_time,
    b_ring_time, b_start_time, b_end_time, first_received_at, last_received_at, delivery_id, duration, b_duration,
    revision, answered, source, task_id, batch_id, detail_id, out_id, status_code, smart_status_code, status_msg,
    caller, real_caller, callee, hangup_direction, content_hash)
  SELECT '1000800000000^1000' || lpad(n::text, 9, '0'), at, at, at + interval '3 s',
    CASE WHEN answered THEN at + interval '10 s' END, CASE WHEN answered THEN at + interval '70 s' END,
    CASE WHEN answered THEN at + interval '4 s' END, CASE WHEN answered THEN at + interval '6 s' END,
    CASE WHEN answered THEN at + interval '10 s' END, CASE WHEN answered THEN at + interval '69 s' END,
    pushed_at, pushed_at,
    (lpad(to_hex((extract(epoch FROM pushed_at) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(push), 12, '0'))::uuid,
    CASE WHEN answered THEN 20 + luck % 100 ELSE 0 END, CASE WHEN answered THEN 19 + luck % 100 ELSE 0 END,
    1, answered, 'vendor', '1181800000000' || lpad(task::text, 5, '0'),
    'B800000000' || lpad(task::text, 4, '0') || lpad(batch::text, 4, '0'),
    '96800000000' || lpad(person::text, 8, '0'), 'CRM-800000000-' || lpad(person::text, 8, '0'),
    CASE WHEN answered THEN (ARRAY['200000', '200001', '200100'])[1 + luck % 3]
      ELSE (ARRAY['200003', '200002', '200010', '200111', '200005'])[1 + luck % 5] END,
    CASE WHEN answered THEN 'ANSWERED'
      ELSE (ARRAY['NO_ANSWER', 'USER_BUSY', 'POWERED_OFF', 'CALL_REJECTED', 'UNAVAILABLE'])[1 + luck % 5] END,
    CASE WHEN answered THEN 'Call ended normally' ELSE 'The call was not answered' END,
    '057100000' || lpad((task % 10000)::text, 4, '0'), '05710000' || lpad((task % 10000)::text, 4, '0'),
    '1200' || lpad(((person * 7919 + 1234567) % 10000000)::text, 7, '0'),
    CASE WHEN answered THEN (ARRAY['User', 'Machine'])[1 + luck % 2] END,
    uuid_send(md5(n::text)::uuid)
  FROM numbered`;

const DERIVED = [
  `INSERT INTO rollup_groups
    SELECT nextval('rollup_group_ids'), md5(concat_ws('/', source, task_id, batch_id, status_code, smart_status_code, hangup))::uuid,
      source, task_id, batch_id, status_code, smart_status_code, hangup
    FROM (SELECT DISTINCT source, task_id, batch_id, status_code, smart_status_code, coalesce(hangup_direction, '') AS hangup
      FROM calls) AS g`,
  `INSERT INTO rollups (group_id, bucket_start, lane, calls, answered, duration, b_duration, answer_delay_ms,
      answer_delay_calls, first_occurred_at, last_occurred_at)
    SELECT group_id, date_bin('15 minutes', occurred_at, timestamptz '2000-01-01Z'), 0, count(*),
      count(*) FILTER (WHERE answered), sum(duration), sum(b_duration), coalesce(sum(10000) FILTER (WHERE answered), 0),
      count(*) FILTER (WHERE answered), min(occurred_at), max(occurred_at)
    FROM calls JOIN rollup_groups AS g USING (source, task_id, batch_id, status_code, smart_status_code)
    WHERE g.hangup_direction = coalesce(calls.hangup_direction, '') GROUP BY 1, 2 ORDER BY 2, 1`,
  `INSERT INTO rollup_sums
    SELECT bucket_start, source, 0, sum(calls), sum(answered), sum(duration), sum(b_duration), sum(answer_delay_ms),
      sum(answer_delay_calls) FROM call_rollups GROUP BY 1, 2`,
  `INSERT INTO campaign_totals
    SELECT task_id, batch_id, source, 0, sum(calls), sum(answered), sum(duration), min(first_occurred_at),
      max(last_occurred_at) FROM call_rollups GROUP BY 1, 2, 3`,
  `INSERT INTO tasks SELECT task_id, min(first_occurred_at) FROM call_rollups GROUP BY 1`,
  `INSERT INTO batches SELECT task_id, batch_id, min(first_occurred_at) FROM call_rollups GROUP BY 1, 2`,
  `INSERT INTO deliveries (id, position, received_at, bytes, records, stored, corrected, duplicate, quarantined,
      ack_ms, source, via, sha256)
    SELECT delivery_id, nextval('delivery_positions'), max(last_received_at), 60000, count(*), count(*), 0, 0, 0, 5,
      'vendor', 'direct', sha256(delivery_id::text::bytea)
    FROM calls GROUP BY delivery_id ORDER BY delivery_id`,
];
