import type { QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import { clientOf } from '../connections/clients.js';
import { withoutTimeOuts } from '../connections/session.js';

/** An index, with its sizes in bytes. */
export interface CompactedIndex {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** A smaller index is not worth the work. */
const LEAST_BYTES = 1024 * 1024;
/** PostgreSQL gives such names to the new index and to the old one. It leaves one behind, invalid, if it can't finish. */
const LEFT_NAMES = String.raw`_cc(new|old)\d*$`;
const OF_LEDGER = `FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
  WHERE t.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'calls'::regclass)
    AND pg_has_role(t.relowner, 'USAGE')`;
const AT_WORK = 'SELECT pid FROM pg_stat_progress_create_index WHERE datname = $1::text';
const LEFT_BEHIND = `SELECT i.oid::regclass::text AS name ${OF_LEDGER} AND NOT x.indisvalid AND i.relname ~ $1`;
const LARGE = `SELECT i.oid::regclass::text AS name, pg_relation_size(i.oid)::float8 AS size ${OF_LEDGER}
  AND x.indisvalid AND pg_relation_size(i.oid) >= $1 ORDER BY size DESC`;
const SIZE = 'SELECT pg_relation_size($1::regclass)::float8 AS size';

/**
 * Writes the large indexes of the ledger anew, one after the other, so that their pages are full again. PostgreSQL splits
 * a full page into two halves, and the halves of past times never fill up. Services may read and write meanwhile.
 *
 * @param dataSource of the role that owns the tables
 * @param done is called after each index
 * @throws Error if an index is being made: two runs at once would wait for each other
 */
export async function compactIndexes(
  dataSource: DataSource,
  done: (index: CompactedIndex) => void,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = clientOf(await runner.connect());
    const ask = async <Row extends QueryResultRow>(text: string, value: unknown) =>
      (await client.query<Row>({ text, values: [value] })).rows;
    const [other] = await ask<{ pid: number }>(AT_WORK, client.database);
    if (other !== undefined)
      throw new Error(`An index is being made already, by the session with the process id ${other.pid}`);
    await withoutTimeOuts(client, async () => {
      for (const { name } of await ask<{ name: string }>(LEFT_BEHIND, LEFT_NAMES))
        await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      for (const { name, size: before } of await ask<{ name: string; size: number }>(LARGE, LEAST_BYTES)) {
        await client.query(`REINDEX INDEX CONCURRENTLY ${name}`);
        const [index] = await ask<{ size: number }>(SIZE, name);
        done({ name, before, after: index?.size ?? before });
      }
    });
  } finally {
    await runner.release();
  }
}
