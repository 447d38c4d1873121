// A commit of Citus's that stays between its two phases until it is let go on.
import { Client, type QueryResultRow } from 'pg';
import { orderedId } from '../../src/persistence/sql/ids.js';
import type { TestDatabase } from '../support/database.js';
import { onDatabase, urlOf } from '../support/nodes.mjs';
import { until } from '../support/service.js';

/** For each worker a call that is kept on it, and the shard. */
const PLACES = `SELECT DISTINCT ON (nodeport) name AS "callId", shard_name AS shard, nodeport AS port
  FROM (SELECT 'held-' || n AS name FROM generate_series(1, 1000) AS n) AS names
  JOIN citus_shards ON shardid = get_shard_id_for_distribution_column('calls', name)
  WHERE table_name = 'calls'::regclass ORDER BY nodeport`;
const PREPARED = 'SELECT FROM pg_prepared_xacts WHERE database = current_database()';
const WAITING = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
/** Taken in the last step of a worker before it has prepared. */
const HOLD = 1;

interface Place {
  readonly callId: string;
  readonly shard: string;
  readonly port: number;
}

/**
 * Calls that are being written to several workers: all but one have prepared their transaction, under a name of
 * Citus's own choice, and the last one has not, so that the coordinator waits for it.
 */
export class HeldCommit {
  private constructor(
    /** Has the lock for which the last worker waits. */
    private readonly holder: Client,
    private readonly writer: Client,
    private readonly written: Promise<void>,
  ) {}

  /** @param workers their URLs, two at least */
  static async begin(database: TestDatabase, workers: readonly string[]): Promise<HeldCommit> {
    const name = new URL(database.url).pathname.slice(1);
    const places = await database.query<Place & QueryResultRow>(PLACES);
    const [last, ...others] = places.map((place) => {
      const worker = workers.find((url) => new URL(url).port === String(place.port));
      return { ...place, url: urlOf(worker ?? '', name) };
    });
    if (last === undefined || others.length === 0) throw new Error('there are no two workers with calls');
    const holder = await connected(last.url);
    await holder.query(holdShard(last.shard));
    const writer = await connected(database.url);
    const callIds = places.map(({ callId }) => callId);
    const held = new HeldCommit(holder, writer, insertCalls(writer, orderedId(Date.now()), callIds));
    await until('a worker to wait', async () => (await holder.query(WAITING)).rows.length > 0);
    for (const { url } of others)
      await until('the others to prepare', async () => (await onDatabase(url, PREPARED)).length > 0);
    return held;
  }

  /** Lets the commit go on, to its end. */
  async end(): Promise<void> {
    await this.holder.end();
    await this.written;
    await this.writer.end();
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Past Citus, which takes no trigger on a table that is distributed. */
function holdShard(shard: string): string {
  return `SET citus.enable_ddl_propagation = off;
    SET citus.enable_manual_changes_to_shards = on;
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_advisory_xact_lock(${HOLD}); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON ${shard} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION hold();
    SELECT pg_advisory_lock(${HOLD})`;
}

/** Writes made-up calls past the service, in one transaction. */
export async function insertCalls(
  client: Client,
  delivery: string,
  callIds: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision, answered, source,
       content_hash) SELECT name, now(), now(), now(), $1, 1, false, 'vendor', '\\x00' FROM unnest($2::text[]) AS name`,
    [delivery, callIds],
  );
}
