// The whole database in, a text a table that changes with any of its rows out. Of the audit, which grows by right
// when somebody looks, another test tells that it does nothing else.
import type { TestDatabase } from '../../support/database.js';

/** What time changes by itself: how far erasures and checks are, what checks find, and when keys were used. */
const ROWS: Readonly<Record<string, string>> = {
  erasures: 't.id::text',
  // Requests are sent in the background, and noted.
  webhooks: `jsonb_build_array(t.id, t.name, t.url, t.events, t.filter, t.fields, t.numbers, t.max_changes, t.key_id,
    t.sources, encode(t.sealed_secret, 'hex'))::text`,
  completeness_runs: 't.id::text',
  completeness_tasks: 't.task_id',
  completeness_missing: 't.detail_id',
  api_keys: "(to_jsonb(t) - 'last_used_at')::text",
};

/** @param except tables that the attack may write to by right */
export async function fingerprint(
  database: Pick<TestDatabase, 'query'>,
  except: readonly string[] = [],
): Promise<Record<string, string>> {
  const relations = await database.query<{ name: string; sequence: boolean }>(
    `SELECT c.oid::regclass::text AS name, c.relkind = 'S' AS sequence FROM pg_class c
      WHERE c.relkind IN ('r', 'v', 'm', 'S', 'f') AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('leases', 'audit_events', 'webhook_attempts') ORDER BY 1`,
  );
  const prints: Record<string, string> = {};
  for (const { name, sequence } of relations.filter((relation) => !except.includes(relation.name))) {
    const row = ROWS[name] ?? (sequence ? 't.last_value::text' : 't::text');
    const [print] = await database.query<{ print: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(${row}, '' ORDER BY ${row})), '') AS print FROM ${name} t`,
    );
    prints[name] = print?.print ?? '';
  }
  return prints;
}
